// parallel_executor: one sample's inference by several threads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/plan.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/net/merge.hpp>
#include <strata/runtime/band_executor.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/runtime/observer.hpp>
#include <strata/runtime/register_chain.hpp>
#include <strata/runtime/step.hpp>
#include <strata/runtime/subnormal_inputs.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A step, or a chain of steps, of fewer operations is done by one thread: they take about as long as two barriers.
inline constexpr std::size_t least_shared_flops = 300'000;

/// A step that works value by value is done by one thread where it has fewer values, for the same reason.
inline constexpr std::size_t least_shared_values = 60'000;

/// A net whose shared steps have fewer operations than this (some 30 us) is done by one thread: shares of so small
/// steps are uneven, and the threads would wait for each other longer than they work.
inline constexpr std::size_t least_shared_work = 8'000'000;

/// A step with more bytes of weights than this reads them from beyond an L2 cache. Each such weight then counts as
/// far_weight_work operations.
inline constexpr std::size_t largest_near_weights = std::size_t{512} << 10, far_weight_work = 8;

/// Threads share the rows of a map only where it can be split at this many places or more: fewer give uneven shares.
inline constexpr std::size_t least_shared_cuts = 4;

/// A sample's inference. Threads share a step by rows of its output, by the layer's slices, or by values. Values
/// between shared steps lie in the first thread's arena; maps inside a chain and scratch lie in each thread's own.
template <class Net, class T>
struct parallel_executor {
    static constexpr std::size_t layers = flat_count<Net>;
    static constexpr const auto& plan = plan_of<Net, T, 1>;
    template <std::size_t Step>
    using step_at = step_of<Net, T, 1, layers, Step>;

    /// How many steps, or chains of them, threads can share.
    static constexpr std::size_t shared() {
        return total_of_shared(all_steps{}, [](std::size_t) { return std::size_t{1}; });
    }
    /// Whether that is worth waiting for each other.
    static constexpr bool uses_threads() {
        return total_of_shared(all_steps{}, [](std::size_t work) { return work; }) >= least_shared_work;
    }

    /// By the threads where that is worth it. arenas: for each thread plan.arena_size elements.
    static void run(thread_pool& threads, const T* x, const T* parameters, T* y, T* arenas) noexcept {
        if constexpr (uses_threads()) {
            run_shared(threads, x, parameters, y, arenas);
        } else {
            const auto work = [&]() noexcept { flushed_executor<Net, T>::run(x, parameters, y, arenas); };
            threads.run_alone(work);
        }
    }
    /// By the threads in any case.
    static void run_shared(thread_pool& threads, const T* x, const T* parameters, T* y, T* arenas) noexcept {
        auto work = [&](thread_slice part) noexcept { run(threads, part, x, parameters, y, arenas, all_steps{}); };
        threads.run(work);
    }
    /// The same; an observer sees each step, or chain of steps, of each thread.
    template <class Observer>
    static void run_observed(thread_pool& threads, const T* x, const T* parameters, T* y, T* arenas,
                             Observer& observer) noexcept {
        auto work = [&](thread_slice part) noexcept {
            bool was_shared = false;
            const auto observe = [&]<std::size_t Step>(step_number<Step>) {
                if constexpr (sharing_of<Step>() != sharing::inside) {
                    if (Step > 0 && (was_shared || is_shared<Step>())) threads.barrier();
                    was_shared = is_shared<Step>();
                    const bool works = is_shared<Step>() || part.index == 0;
                    if (works) observer.begin(part.index);
                    after_barrier<Step>(part, x, parameters, y, arenas);
                    if (works) observer.end(part.index, Step, phase::forward);
                }
            };
            [&]<std::size_t... Step>(std::index_sequence<Step...>) {
                evaluate_in_order{0, (observe(step_number<Step>{}), 0)...};
            }(all_steps{});
        };
        threads.run(work);
    }
    /// Whether threads share the step, or the chain that begins with it.
    template <std::size_t Step>
    static constexpr bool is_shared() {
        return sharing_of<Step>() > sharing::alone;
    }

private:
    enum class sharing { inside, alone, rows, slices, values };
    using all_steps = std::make_index_sequence<plan.step_count>;

    static constexpr auto vectors = register_chains<Net, T, 1, layers>(std::make_index_sequence<plan.step_count>{});

    /// Whether a layer reads and writes value by value.
    template <class Layer>
    static constexpr bool maps_values = elementwise_layer<Layer> || merge_layer<Layer>;

    template <class Step>
    static constexpr std::size_t slices = slice_count_of<typename Step::layer, Step::in, typename Step::epilogue, T>;

    /// The sum of value(work) over the steps, or chains of them, that threads share.
    template <std::size_t... Step, class Value>
    static constexpr std::size_t total_of_shared(std::index_sequence<Step...>, Value value) {
        std::size_t total = 0;
        for (const std::size_t work : {shared_work<Step>()..., std::size_t{0}}) total += work > 0 ? value(work) : 0;
        return total;
    }
    /// Operations of a step, or the chain that begins with it, and what its weights cost; 0 where one thread does it.
    template <std::size_t Step>
    static constexpr std::size_t shared_work() {
        if constexpr (sharing_of<Step>() <= sharing::alone) return 0;
        else if constexpr (sharing_of<Step>() == sharing::values)
            return step_at<Step>::out.size() * (least_shared_flops / least_shared_values);
        else return work_of_chain(std::make_index_sequence<plan.chains[Step].length>{}, step_number<Step>{});
    }
    template <std::size_t Step>
    using step_number = std::integral_constant<std::size_t, Step>;

    template <std::size_t... Stage, std::size_t Step>
    static constexpr std::size_t work_of_chain(std::index_sequence<Stage...>, step_number<Step>) {
        return (... + work_of_step<Step + Stage>());
    }
    template <std::size_t Step>
    static constexpr std::size_t work_of_step() {
        using s = step_at<Step>;
        std::size_t weights = 0;
        for (const parameter& p : parameters_of<typename s::layer, s::in>) weights += p.extents.size();
        return s::layer::flops(s::in) + (weights * sizeof(T) > largest_near_weights ? far_weight_work * weights : 0);
    }

    template <std::size_t Step>
    static constexpr sharing sharing_of() {
        constexpr std::size_t size = plan.chains[Step].length;
        if constexpr (size == 0 || vectors[Step] == 0) return sharing::inside;
        else if constexpr (vectors[Step] > 1) return sharing::alone;
        else return sharing_of_chain<Step, size>();
    }
    template <std::size_t Step, std::size_t size>
    static constexpr sharing sharing_of_chain() {
        using last = step_at<Step + size - 1>;
        if constexpr (size == 1 && maps_values<typename last::layer>)
            return last::out.size() < least_shared_values ? sharing::alone : sharing::values;
        std::size_t flops = 0;
        [&]<std::size_t... Stage>(std::index_sequence<Stage...>) {
            ((flops += step_at<Step + Stage>::layer::flops(step_at<Step + Stage>::in)), ...);
        }(std::make_index_sequence<size>{});
        if (flops < least_shared_flops) return sharing::alone;
        if (plan.chains[Step].split_multiple > 0 &&
            last::out[0] >= least_shared_cuts * plan.chains[Step].split_multiple)
            return sharing::rows;
        if (size == 1 && slices<step_at<Step>> > 1) return sharing::slices;
        return sharing::alone;
    }

    template <std::size_t... Step>
    static void run(thread_pool& threads, thread_slice part, const T* x, const T* parameters, T* y, T* arenas,
                    std::index_sequence<Step...>) {
        if constexpr (sizeof...(Step) == 0) {
            if (part.index == 0) std::copy_n(x, value_shape<Net>(0).size(), y);
        } else {
            bool was_shared = false;
            evaluate_in_order{0, (step<Step>(threads, part, x, parameters, y, arenas, was_shared), 0)...};
        }
    }
    template <std::size_t Step>
    static void step(thread_pool& threads, thread_slice part, const T* x, const T* parameters, T* y, T* arenas,
                     bool& was_shared) {
        if constexpr (sharing_of<Step>() != sharing::inside) {
            if (Step > 0 && (was_shared || is_shared<Step>())) threads.barrier();
            was_shared = is_shared<Step>();
            after_barrier<Step>(part, x, parameters, y, arenas);
        }
    }
    template <std::size_t Step>
    static STRATA_INLINE void after_barrier(thread_slice part, const T* x, const T* parameters, T* y, T* arenas) {
        constexpr sharing shared_by = sharing_of<Step>();
        if constexpr (shared_by != sharing::inside) {
            using s = step_at<Step>;
            constexpr chained_step chain = plan.chains[Step];
            [[maybe_unused]] const T* from = plan.read(Step, 0, x, static_cast<const T*>(arenas));
            [[maybe_unused]] T* to = plan.write(Step + chain.length - 1, y, arenas);
            [[maybe_unused]] T* own = arenas + part.index * plan.arena_size;
            if constexpr (shared_by == sharing::rows) {
                using bands = band_executor<Net, T, layers, Step>;
                const item_range mine = part.of(bands::rows, chain.split_multiple);
                if (mine.size() > 0) bands::run({x, parameters, y, arenas, own}, mine);
            } else if constexpr (shared_by == sharing::slices) {
                const auto weights = s::weights::of(parameters);
                if (const item_range mine = part.of(slices<s>); mine.size() > 0)
                    s::layer::template forward_slices<s::in, typename s::epilogue>(
                        forward_context<T>{.x = from,
                                           .weights = weights.data(),
                                           .y = to,
                                           .scratch = own + s::plan.scratch,
                                           .range = mine});
            } else if constexpr (shared_by == sharing::values) {
                if constexpr (merge_layer<typename s::layer>) {
                    constexpr const auto& shapes = merged_shapes_of<Net, s::index>;
                    constexpr std::size_t units = s::layer::template merge_units<shapes>();
                    const item_range mine = part.of(units, units == s::out.size() ? 1024 : 1);
                    s::layer::template merge<shapes, typename s::epilogue>(
                        plan.template read_all<shapes.size()>(Step, x, static_cast<const T*>(arenas)), to, mine);
                } else {
                    const item_range mine = part.of(s::out.size(), 1024);
                    kernels::elementwise<typename s::layer::function>(mine.size(), from + mine.begin, to + mine.begin);
                }
            } else if (part.index == 0) {
                forward_executor<Net, T, 1>::template run_step<Step, vectors[Step]>(x, parameters, y, arenas);
            }
        }
    }
};

}  // namespace strata::inline STRATA_ISA::detail
