// parallel_batch_executor: a batch tile's inference by threads that share the weights, each reading some of them.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_pool.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/plan.hpp>
#include <strata/layers/capabilities/slices.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/runtime/forward_executor.hpp>
#include <strata/runtime/parallel_executor.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// One tile of N samples by threads that share the slices of layers, so that each weight is read by one thread alone. A
/// layer without forward_batch_slices is the first thread's work. For nets whose weights an L2 cache does not hold:
/// there reading them takes about as long as the products of a tile. Other nets share samples.
template <class Net, class T, std::size_t N>
struct parallel_batch_executor {
    static constexpr std::size_t layers = flat_count<Net>;
    static constexpr const auto& plan = plan_of<Net, T, N>;

    static constexpr bool shares_weights() { return shares_weights(all_steps{}); }

    /// x: N samples of the input; y: N of the output; arena: plan.arena_size elements. Inside thread_pool::run.
    static void run(thread_pool& threads, thread_slice part, const T* x, const T* parameters, T* y, T* arena) noexcept {
        run(threads, part, x, parameters, y, arena, all_steps{});
    }

private:
    using all_steps = std::make_index_sequence<plan.step_count>;
    template <std::size_t Step>
    using step_at = step_of<Net, T, N, layers, Step>;
    template <std::size_t Step>
    static constexpr std::size_t slices =
        slice_count_of<typename step_at<Step>::layer, step_at<Step>::in, typename step_at<Step>::epilogue, T>;
    template <std::size_t Step>
    static constexpr bool is_shared = works_by_batch_slices<typename step_at<Step>::layer> && slices<Step> > 1 &&
                                      N* step_at<Step>::layer::flops(step_at<Step>::in) >= least_shared_flops;

    /// Whether shared layers have most of the work, and weights that no L2 cache holds.
    template <std::size_t... Step>
    static constexpr bool shares_weights(std::index_sequence<Step...>) {
        std::size_t weights = 0, shared = 0, all = 0;
        [[maybe_unused]] const auto count = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            using s = step_at<I>;
            all += s::layer::flops(s::in);
            if (!is_shared<I>) return;
            shared += s::layer::flops(s::in);
            for (const parameter& p : parameters_of<typename s::layer, s::in>) weights += p.extents.size();
        };
        (count(std::integral_constant<std::size_t, Step>{}), ...);
        return weights * sizeof(T) > largest_near_weights && shared >= all - all / 8;
    }

    template <std::size_t... Step>
    static void run(thread_pool& threads, thread_slice part, const T* x, const T* parameters, T* y, T* arena,
                    std::index_sequence<Step...>) {
        bool was_shared = false;
        evaluate_in_order{0, (step<Step>(threads, part, x, parameters, y, arena, was_shared), 0)...};
    }
    template <std::size_t Step>
    static void step(thread_pool& threads, thread_slice part, const T* x, const T* parameters, T* y, T* arena,
                     bool& was_shared) {
        if (Step > 0 && (was_shared || is_shared<Step>)) threads.barrier();
        was_shared = is_shared<Step>;
        if constexpr (is_shared<Step>) {
            using s = step_at<Step>;
            const auto weights = s::weights::of(parameters);
            if (const item_range mine = part.of(slices<Step>); mine.size() > 0)
                s::layer::template forward_batch_slices<s::in, N, typename s::epilogue>(
                    forward_context<T>{.x = plan.read(Step, 0, x, static_cast<const T*>(arena)),
                                       .weights = weights.data(),
                                       .y = plan.write(Step, y, arena),
                                       .range = mine});
        } else if (part.index == 0) {
            forward_executor<Net, T, N>::template run_step<Step, 1>(x, parameters, y, arena);
        }
    }
};

}  // namespace strata::inline STRATA_ISA::detail
