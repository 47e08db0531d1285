// stream_executor: runs the plan of a stream over its memory, for one time step or for several.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/runtime/observer.hpp>
#include <strata/runtime/register_chain.hpp>
#include <strata/runtime/step.hpp>
#include <strata/runtime/stream_chains.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Counters of a stream that keeps fewer outputs of some layers than they compute: for each step of the plan how many
/// outputs are dropped before the next one is kept, and for each input of a merge how many frames wait.
template <class Net, class T>
struct stream_counters {
    static constexpr const auto& plan = stream_plan_of<Net, T>;

    std::array<std::size_t, plan.states.size()> dropped = first_dropped();
    std::array<std::size_t, plan.queues.size()> waiting{};

private:
    static constexpr auto first_dropped() {
        std::array<std::size_t, plan.states.size()> result{};
        for (std::size_t s = 0; s < result.size(); ++s) result[s] = plan.states[s].rate.skip;
        return result;
    }
};
/// Those of any stream: nothing where all outputs are kept.
template <class Net, class T>
struct no_counters {};
template <class Net, class T>
using counters_of = std::conditional_t<has_rates<Net, T>, stream_counters<Net, T>, no_counters<Net, T>>;

template <class Net, class T>
class stream_executor {
public:
    static constexpr const auto& plan = stream_plan_of<Net, T>;

    STRATA_INLINE stream_executor(const T* parameters, T* memory) : parameters_(parameters), memory_(memory) {}

    /// One step, of a stream that keeps all outputs. x and y overlap neither each other nor the memory.
    STRATA_INLINE void one_step(const T* x, T* y) const { run_steps(x, y, all_steps{}); }
    /// `count` steps, at most plan.frames. Returns the number of outputs.
    std::size_t frames(const T* x, T* y, std::size_t count, counters_of<Net, T>& counters) const {
        if constexpr (has_rates<Net, T>) {
            return frames_at_rates(x, y, count, counters, all_steps{});
        } else {
            frames_of_steps(x, y, count, all_steps{});
            return count;
        }
    }
    /// One time step, as one_step does; an observer sees each step of the plan.
    template <class Observer>
    void observed_step(const T* x, T* y, Observer& observer) const {
        [&]<std::size_t... Step>(std::index_sequence<Step...>) {
            evaluate_in_order{0,
                              (observer.begin(0), run_step<Step>(x, y), observer.end(0, Step, phase::forward), 0)...};
        }(all_steps{});
    }
    /// `count` steps as frames does; an observer sees each step of the plan.
    template <class Observer>
    std::size_t observed_frames(const T* x, T* y, std::size_t count, counters_of<Net, T>& counters,
                                Observer& observer) const {
        return observed_frames(x, y, count, counters, observer, all_steps{});
    }

private:
    using all_steps = std::make_index_sequence<plan.step_count>;
    template <std::size_t Step>
    using types = step_types<Net, T, plan.steps[Step].layer, plan.steps[Step].fused>;

    template <std::size_t... Step>
    STRATA_INLINE void run_steps(const T* x, T* y, std::index_sequence<Step...>) const {
        if constexpr (sizeof...(Step) == 0) {
            std::copy_n(x, plan.input_size, y);
        } else {
            constexpr auto chains = register_chains_of_stream<Net, T>(all_steps{});
            evaluate_in_order{0, (run_chain<Step>(x, y, std::make_index_sequence<chains[Step]>{}), 0)...};
        }
    }
    /// The steps First + I: one, several through a register, or none.
    template <std::size_t First, std::size_t... I>
    STRATA_INLINE void run_chain(const T* x, T* y, std::index_sequence<I...>) const {
        if constexpr (sizeof...(I) == 1) run_step<First>(x, y);
        else if constexpr (sizeof...(I) > 1)
            run_register_chain(plan.read(First, 0, x, static_cast<const T*>(memory_)), parameters_,
                               plan.write(First + sizeof...(I) - 1, y, memory_),
                               type_list<stream_step<Net, T, First + I>...>{});
    }
    template <std::size_t Step>
    STRATA_INLINE void run_step(const T* x, T* y) const {
        using s = types<Step>;
        if constexpr (merge_layer<typename s::layer>) {
            merge_frame<Step>(x, y, 0);
        } else {
            const auto weights = s::weights::of(parameters_);
            const forward_context<T> call = context<Step>(x, y, weights.data());
            if constexpr (plan.states[Step].has_state) s::layer::template step<s::in, typename s::epilogue>(call);
            else s::layer::template forward<plan.states[Step].in, 1, typename s::epilogue>(call);
        }
    }

    template <std::size_t... Step>
    void frames_of_steps(const T* x, T* y, std::size_t count, std::index_sequence<Step...>) const {
        if constexpr (sizeof...(Step) == 0) {
            std::copy_n(x, count * plan.input_size, y);
        } else {
            constexpr auto chains = register_chains_of_stream<Net, T>(all_steps{});
            evaluate_in_order{0, (frames_of_chain<Step>(x, y, count, std::make_index_sequence<chains[Step]>{}), 0)...};
        }
    }
    template <std::size_t First, std::size_t... I>
    void frames_of_chain(const T* x, T* y, std::size_t count, std::index_sequence<I...>) const {
        using steps = type_list<stream_step<Net, T, First + I>...>;
        if constexpr (sizeof...(I) == 1) {
            frames_of_step<First>(x, y, count);
        } else if constexpr (sizeof...(I) > 1) {
            if constexpr (runs_in_lanes<T>(steps{}))
                run_frames_in_lanes(plan.read(First, 0, x, static_cast<const T*>(memory_)), parameters_,
                                    plan.write(First + sizeof...(I) - 1, y, memory_), count, steps{});
            else (frames_of_step<First + I>(x, y, count), ...);
        }
    }
    template <class Observer, std::size_t... Step>
    std::size_t observed_frames(const T* x, T* y, std::size_t count, [[maybe_unused]] counters_of<Net, T>& counters,
                                [[maybe_unused]] Observer& observer, std::index_sequence<Step...>) const {
        frame_counts made{};
        made[0] = count;
        [[maybe_unused]] const auto run = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            observer.begin(0);
            if constexpr (has_rates<Net, T>) frames_of_rate<I>(x, y, counters, made);
            else frames_of_step<I>(x, y, count);
            observer.end(0, I, phase::forward);
        };
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, count * plan.input_size, y);
        else evaluate_in_order{0, (run(std::integral_constant<std::size_t, Step>{}), 0)...};
        if constexpr (has_rates<Net, T>) return made[outline.alias_of[flat_count<Net>]];
        else return count;
    }
    /// One step of the plan for `count` frames.
    template <std::size_t Step>
    void frames_of_step(const T* x, T* y, std::size_t count) const {
        if constexpr (merge_layer<typename types<Step>::layer>) {
            for (std::size_t t = 0; t < count; ++t) merge_frame<Step>(x, y, t);
        } else {
            const auto weights = types<Step>::weights::of(parameters_);
            call_layer<Step>(context<Step>(x, y, weights.data()), count);
        }
    }
    /// A layer for `count` frames: its own process, or step by step.
    template <std::size_t Step>
    static void call_layer(forward_context<T> call, std::size_t count) {
        using s = types<Step>;
        constexpr stream_state state = plan.states[Step];
        call.count = count;
        if constexpr (has_process<typename s::layer>) {
            s::layer::template process<state.has_state ? s::in : state.in, typename s::epilogue>(call);
        } else if constexpr (state.has_state) {
            for (std::size_t t = 0; t < count; ++t, call.x += state.in.size(), call.y += plan.steps[Step].output.size)
                s::layer::template step<s::in, typename s::epilogue>(call);
        } else {
            process_by_forward<typename s::layer, state.in, typename s::epilogue>(call);
        }
    }

    /// The frames that each value has.
    using frame_counts = std::array<std::size_t, flat_count<Net> + 1>;
    static constexpr const auto& outline = plan_outline_of<Net, schedule::stream>;

    template <std::size_t... Step>
    std::size_t frames_at_rates(const T* x, T* y, std::size_t count, stream_counters<Net, T>& counters,
                                std::index_sequence<Step...>) const {
        frame_counts made{};
        made[0] = count;
        evaluate_in_order{0, (frames_of_rate<Step>(x, y, counters, made), 0)...};
        return made[outline.alias_of[flat_count<Net>]];
    }
    template <std::size_t Step>
    void frames_of_rate(const T* x, T* y, stream_counters<Net, T>& counters, frame_counts& made) const {
        constexpr plan_step step = plan.steps[Step];
        std::size_t& to = made[step.last() + 1];
        if constexpr (merge_layer<typename types<Step>::layer>) {
            to = merge_queues<Step>(x, y, counters, made);
        } else {
            const std::size_t count = made[outline.template value_of<Net>(step.layer)];
            const auto weights = types<Step>::weights::of(parameters_);
            forward_context<T> call = context<Step>(x, y, weights.data());
            if constexpr (plan.states[Step].rate.keeps_all()) {
                call_layer<Step>(call, count);
                to = count;
            } else {
                T* const kept = call.y;
                call.y = memory_ + plan.all_outputs;
                call_layer<Step>(call, count);
                to = keep_some(count, step.output.size, plan.states[Step].rate.stride, call.y, kept,
                               counters.dropped[Step]);
            }
        }
    }
    /// Copies the outputs that are kept, and returns their number. `dropped` outputs are dropped before the next one.
    static std::size_t keep_some(std::size_t count, std::size_t size, std::size_t stride, const T* from, T* to,
                                 std::size_t& dropped) {
        std::size_t kept = 0;
        for (std::size_t t = 0; t < count; ++t)
            if (dropped > 0) {
                --dropped;
            } else {
                std::copy_n(from + t * size, size, to + kept++ * size);
                dropped = stride - 1;
            }
        return kept;
    }
    /// A merge of inputs of which some come later than others: frames wait in queues. Returns the number of outputs.
    template <std::size_t Step>
    std::size_t merge_queues(const T* x, T* y, stream_counters<Net, T>& counters, const frame_counts& made) const {
        constexpr plan_step step = plan.steps[Step];
        constexpr std::size_t inputs = step.input_count, first = step.first_input;
        std::array<const T*, inputs> operands = plan.template read_all<inputs>(Step, x, static_cast<const T*>(memory_));
        std::size_t count = plan.frames;
        for (std::size_t k = 0; k < inputs; ++k) {
            std::size_t ready = made[outline.template value_of<Net>(step.layer, k)];
            if (plan.queues[first + k].frames > 0) {
                T* queue = memory_ + plan.queues[first + k].offset;
                std::size_t& waiting = counters.waiting[first + k];
                const std::size_t size = plan.inputs[first + k].size;
                std::copy_n(operands[k], ready * size, queue + waiting * size);
                operands[k] = queue;
                ready = waiting += ready;
            }
            count = std::min(count, ready);
        }
        T* to = plan.write(Step, y, memory_);
        auto at = operands;
        for (std::size_t t = 0; t < count; ++t, to += step.output.size) {
            merge<Step>(at, to);
            for (std::size_t k = 0; k < inputs; ++k) at[k] += plan.inputs[first + k].size;
        }
        for (std::size_t k = 0; k < inputs; ++k)
            if (plan.queues[first + k].frames > 0) {
                T* queue = memory_ + plan.queues[first + k].offset;
                std::size_t& waiting = counters.waiting[first + k];
                const std::size_t size = plan.inputs[first + k].size;
                waiting -= count;
                std::copy_n(queue + count * size, waiting * size, queue);
            }
        return count;
    }

    template <std::size_t Step>
    STRATA_INLINE void merge_frame(const T* x, T* y, std::size_t frame) const {
        merge<Step>(
            plan.template read_all<plan.steps[Step].input_count>(Step, x, static_cast<const T*>(memory_), frame),
            plan.write(Step, y, memory_, frame));
    }
    template <std::size_t Step, std::size_t Count>
    STRATA_INLINE static void merge(const std::array<const T*, Count>& operands, T* to) {
        using s = types<Step>;
        constexpr const auto& shapes = merged_step_shapes_of<Net, T, s::index>;
        s::layer::template merge<shapes, typename s::epilogue>(operands, to,
                                                               {0, s::layer::template merge_units<shapes>()});
    }
    template <std::size_t Step>
    STRATA_INLINE forward_context<T> context(const T* x, T* y, const T* const* weights) const {
        return {.x = plan.read(Step, 0, x, static_cast<const T*>(memory_)),
                .weights = weights,
                .y = plan.write(Step, y, memory_),
                .scratch = memory_ + plan.steps[Step].scratch,
                .state = memory_ + plan.states[Step].offset};
    }

    const T* parameters_;
    T* memory_;
};

}  // namespace strata::inline STRATA_ISA::detail
