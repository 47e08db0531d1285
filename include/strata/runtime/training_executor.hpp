// training_executor: runs the steps of a training plan, forward and backward.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/random.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/carried_values.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/training_schedule.hpp>
#include <strata/kernels/elementwise/add.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/runtime/gradient_layout.hpp>
#include <strata/runtime/observer.hpp>
#include <strata/runtime/step.hpp>

namespace strata::inline STRATA_ISA::detail {

/// The memory that one thread sees while a batch is trained; the plan says where in the arena things are.
template <class Net, class T>
struct training_memory {
    const std::remove_const_t<decltype(training_plan_of<Net, T>)>* plan = nullptr;
    T* arena = nullptr;
    const T* input = nullptr;  // of the first step, this tile's samples
    T* scratch = nullptr;      // this thread's
    T* parameters = nullptr;
    T* gradients = nullptr;
    T* carried = nullptr;   // that the samples of the batch hand on; null where each begins at zero
    std::uint64_t key = 0;  // of this batch's random numbers
};

/// Which samples of a batch are at work: `mine` of the tile that begins at sample `tile_begin`.
struct tile_position {
    std::size_t tile_begin = 0;
    std::size_t tile_count = 0;
    item_range mine{};
};

template <class Net, class T>
struct training_executor {
    using memory_type = training_memory<Net, T>;
    static constexpr const auto& plan = training_plan_of<Net, T>;

    /// Forward through all steps, this thread's samples of a tile. Steps that need the whole batch call the barrier.
    template <class Barrier>
    static void forward(const memory_type& memory, const tile_position& at, thread_slice part, Barrier& barrier) {
        forward(memory, at, part, barrier, std::make_index_sequence<plan.step_count>{});
    }
    /// The same; an observer sees each step of each thread.
    template <class Barrier, class Observer>
    static void observed_forward(const memory_type& memory, const tile_position& at, thread_slice part,
                                 Barrier& barrier, Observer& observer) {
        for_each_step([&]<std::size_t Step>(std::integral_constant<std::size_t, Step>) {
            observer.begin(part.index);
            forward_step<Step>(memory, at, part, barrier);
            observer.end(part.index, Step, phase::forward);
        });
    }
    /// Packs the weights for the backward pass; this thread's share. A barrier must follow.
    static void pack_for_backward(const memory_type& memory, thread_slice part) {
        pack_for_backward(memory, part, std::make_index_sequence<plan.step_count>{});
    }
    /// Backward through all steps that learn or pass down. Barrier is called between a layer's activation gradients,
    /// which are shared by samples, and its parameter gradients, which are shared by rows, so that sums have one order
    /// for any number of threads.
    template <class Barrier>
    static void backward(const memory_type& memory, const tile_position& at, thread_slice part, Barrier& barrier) {
        backward(memory, at, part, barrier, std::make_index_sequence<plan.step_count>{});
    }
    /// The same; an observer sees each step of each thread.
    template <class Barrier, class Observer>
    static void observed_backward(const memory_type& memory, const tile_position& at, thread_slice part,
                                  Barrier& barrier, Observer& observer) {
        for_each_step([&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            constexpr std::size_t step = plan.step_count - 1 - I;
            if constexpr (plan.trained[step].has_backward()) {
                observer.begin(part.index);
                backward_step<step>(memory, at, part, barrier);
                observer.end(part.index, step, phase::backward);
            }
        });
    }

private:
    template <class Function>
    static void for_each_step(Function function) {
        [&]<std::size_t... Step>(std::index_sequence<Step...>) {
            evaluate_in_order{0, (function(std::integral_constant<std::size_t, Step>{}), 0)...};
        }(std::make_index_sequence<plan.step_count>{});
    }
    template <std::size_t Step>
    using step_at = step_types<Net, T, plan.steps[Step].layer, plan.steps[Step].fused>;
    template <std::size_t Step>
    static constexpr trained_step trained = plan.trained[Step];

    /// The weights that are not trained, for their layer to write; null for the others.
    template <class Step>
    static constexpr auto statistics_of(T* parameters) {
        constexpr auto owned = Step::weights::owned;
        std::array<T*, owned.second + 1> result{};
        for (std::size_t i = 0; i < owned.second; ++i)
            if (!weight_rows_of<Net>[owned.first + i].trainable)
                result[i] = parameters + weight_offsets_of<Net, T>[owned.first + i];
        return result;
    }
    template <class Step>
    static constexpr auto gradients_of(T* gradients) {
        constexpr auto owned = Step::weights::owned;
        std::array<T*, owned.second + 1> result{};
        for (std::size_t i = 0; i < owned.second; ++i)
            if (weight_rows_of<Net>[owned.first + i].trainable)
                result[i] = gradients + gradient_offsets_of<Net, T>[owned.first + i];
        return result;
    }
    template <std::size_t Step>
    static random_stream random_of(const memory_type& memory, std::size_t sample) {
        random_engine engine = random_engine(memory.key).fork(plan.steps[Step].layer);
        return random_stream{.key = engine()}.from(sample * step_at<Step>::in.size());
    }

    template <class Barrier, std::size_t... Step>
    static void forward(const memory_type& memory, const tile_position& at, thread_slice part, Barrier& barrier,
                        std::index_sequence<Step...>) {
        evaluate_in_order{0, (forward_step<Step>(memory, at, part, barrier), 0)...};
    }
    template <std::size_t Step, class Barrier>
    static void forward_step(const memory_type& memory, const tile_position& at, [[maybe_unused]] thread_slice part,
                             [[maybe_unused]] Barrier& barrier) {
        using s = step_at<Step>;
        using layer = typename s::layer;
        using epilogue = typename s::epilogue;
        if constexpr (merge_layer<layer>) {
            constexpr const auto& shapes = merged_shapes_of<Net, s::index>;
            layer::template merge<shapes, epilogue>(operands_of<Step>(memory, at), y_of<Step>(memory, at.mine.begin),
                                                    {0, at.mine.size() * layer::template merge_units<shapes>()});
        } else {
            const auto weights = s::weights::of(memory.parameters);
            const auto pass = forward_pass<Step>(memory, at, at.mine, weights.data());
            if constexpr (trained<Step>.is_whole) {
                const auto statistics = statistics_of<s>(memory.parameters);
                auto whole = forward_pass<Step>(memory, at, {0, at.tile_count}, weights.data());
                whole.statistics = statistics.data();
                layer::template collect<s::in, epilogue>(pass);
                barrier();
                layer::template combine<s::in, epilogue>(whole, part);
                barrier();
                layer::template batch_forward<s::in, epilogue>(pass);
            } else {
                forward_in_training<layer, s::in, epilogue>(pass);
            }
        }
    }
    template <std::size_t Step>
    static forward_context<T> forward_pass(const memory_type& memory, const tile_position& at, item_range samples,
                                           const T* const* weights) {
        const trained_step& s = memory.plan->trained[Step];
        return {.x = x_of<Step>(memory, samples.begin),
                .weights = weights,
                .y = y_of<Step>(memory, samples.begin),
                .scratch = memory.scratch,
                .count = samples.size(),
                .saved = memory.arena + s.saved + samples.begin * trained<Step>.saved_size,
                .random = random_of<Step>(memory, at.tile_begin + samples.begin),
                .shared = memory.arena + s.shared,
                .carried = carried_of(memory, at.tile_begin + samples.begin, plan.steps[Step].layer),
                .carried_stride = carried_values_of<Net>};
    }
    static T* carried_of(const memory_type& memory, std::size_t sample, std::size_t layer) {
        if (memory.carried == nullptr) return nullptr;
        return memory.carried + sample * carried_values_of<Net> + carried_offsets_of<Net>[layer];
    }
    /// The first input and the output of a step, from a sample of the tile on.
    template <std::size_t Step>
    static const T* x_of(const memory_type& memory, std::size_t sample) {
        return memory.plan->read(Step, 0, memory.input, static_cast<const T*>(memory.arena), sample);
    }
    template <std::size_t Step>
    static T* y_of(const memory_type& memory, std::size_t sample) {
        return memory.plan->write(Step, static_cast<T*>(nullptr), memory.arena, sample);
    }
    /// All inputs of a merge node, from this thread's first sample on.
    template <std::size_t Step>
    static auto operands_of(const memory_type& memory, const tile_position& at) {
        return memory.plan->template read_all<plan.steps[Step].input_count>(
            Step, memory.input, static_cast<const T*>(memory.arena), at.mine.begin);
    }

    template <std::size_t... Step>
    static void pack_for_backward(const memory_type& memory, thread_slice part, std::index_sequence<Step...>) {
        evaluate_in_order{0, (pack_step<Step>(memory, part), 0)...};
    }
    template <std::size_t Step>
    static void pack_step([[maybe_unused]] const memory_type& memory, [[maybe_unused]] thread_slice part) {
        using s = step_at<Step>;
        if constexpr (trained<Step>.passes_down && packs_for_backward<typename s::layer>) {
            const auto weights = s::weights::of(memory.parameters);
            s::layer::template pack_for_backward<s::in>(
                weights.data(), memory.arena + memory.plan->trained[Step].backward_weights, part);
        }
    }

    template <class Barrier, std::size_t... Step>
    static void backward(const memory_type& memory, const tile_position& at, thread_slice part, Barrier& barrier,
                         std::index_sequence<Step...>) {
        evaluate_in_order{0, (backward_step<plan.step_count - 1 - Step>(memory, at, part, barrier), 0)...};
    }
    template <std::size_t Step, class Barrier>
    static void backward_step([[maybe_unused]] const memory_type& memory, [[maybe_unused]] const tile_position& at,
                              [[maybe_unused]] thread_slice part, [[maybe_unused]] Barrier& barrier) {
        if constexpr (trained<Step>.has_backward()) {
            using s = step_at<Step>;
            using layer = typename s::layer;
            using epilogue = typename s::epilogue;
            const auto weights = s::weights::of(memory.parameters);
            const auto gradients = gradients_of<s>(memory.gradients);
            const auto pass = pass_of<Step>(memory, at, at.mine, weights.data(), gradients.data());
            if constexpr (merge_layer<layer>) {
                layer::template finish_backward<s::in, epilogue>(pass);
                merge_gradients<Step>(memory, at, static_cast<const T*>(pass.dy),
                                      std::make_index_sequence<plan.steps[Step].input_count>{});
            } else if constexpr (trained<Step>.is_whole) {
                const auto whole = pass_of<Step>(memory, at, {0, at.tile_count}, weights.data(), gradients.data());
                layer::template collect_gradient<s::in, epilogue>(pass);
                barrier();
                layer::template combine_gradient<s::in, epilogue>(whole, part);
                barrier();
                if constexpr (trained<Step>.passes_down) layer::template batch_backward<s::in, epilogue>(pass);
            } else {
                layer::template backward<s::in, epilogue>(pass);
            }
            if constexpr (!merge_layer<layer>) add_gradient<Step>(memory, at);
            if constexpr (trained<Step>.learns && !trained<Step>.is_whole) {
                barrier();
                const auto whole = pass_of<Step>(memory, at, {0, at.tile_count}, weights.data(), gradients.data());
                layer::template weight_gradients<s::in, epilogue>(whole, part);
            }
        }
    }
    /// Adds the gradient of a step's input to those that later readers of it gave.
    template <std::size_t Step>
    static void add_gradient(const memory_type& memory, const tile_position& at) {
        constexpr std::size_t input = plan.steps[Step].first_input, size = plan.inputs[input].size;
        const operand_gradient& gradient = memory.plan->gradients[input];
        if (gradient.use != gradient_use::add) return;
        const std::size_t first = at.mine.begin * size;
        T* into = memory.arena + gradient.into + first;
        kernels::add(at.mine.size() * size, static_cast<const T*>(into),
                     static_cast<const T*>(memory.arena + gradient.dx + first), into);
    }
    /// The gradients of a merge node's operands: each into its own memory, or added to those of later readers.
    template <std::size_t Step, std::size_t... K>
    static void merge_gradients(const memory_type& memory, const tile_position& at, const T* dy,
                                std::index_sequence<K...>) {
        const auto operands = operands_of<Step>(memory, at);
        const auto give = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            constexpr std::size_t input = plan.steps[Step].first_input + I;
            constexpr const auto& shapes = merged_shapes_of<Net, plan.steps[Step].layer>;
            const operand_gradient& gradient = memory.plan->gradients[input];
            if (gradient.use == gradient_use::none || gradient.use == gradient_use::pass_on) return;
            step_at<Step>::layer::template merge_backward<I, shapes>(
                at.mine.size(), operands, dy, memory.arena + gradient.into + at.mine.begin * plan.inputs[input].size,
                gradient.use == gradient_use::add);
        };
        evaluate_in_order{0, (give(std::integral_constant<std::size_t, K>{}), 0)...};
    }
    template <std::size_t Step>
    static backward_context<T> pass_of(const memory_type& memory, const tile_position& at, item_range samples,
                                       const T* const* weights, T* const* gradients) {
        constexpr trained_step sizes = trained<Step>;
        constexpr std::size_t input = plan.steps[Step].first_input;
        const trained_step& s = memory.plan->trained[Step];
        const std::size_t first = samples.begin;
        return {.count = samples.size(),
                .x = x_of<Step>(memory, first),
                .y = y_of<Step>(memory, first),
                .saved = memory.arena + s.saved + first * sizes.saved_size,
                .dy = memory.arena + s.dy + first * plan.steps[Step].output.size,
                .dx = sizes.passes_down
                          ? memory.arena + memory.plan->gradients[input].dx + first * plan.inputs[input].size
                          : nullptr,
                .weights = weights,
                .backward_weights = memory.arena + s.backward_weights,
                .gradients = gradients,
                .first = at.tile_begin == 0,
                .scratch = memory.scratch,
                .random = random_of<Step>(memory, at.tile_begin + first),
                .shared = memory.arena + s.shared};
    }
};

}  // namespace strata::inline STRATA_ISA::detail
