// stream: a model that takes its input one time step after the other and remembers what its layers need of the past.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/weight_pointer.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/step.hpp>
#include <strata/runtime/stream_properties.hpp>
#include <strata/runtime/stream_state.hpp>
#include <strata/runtime/subnormal_inputs.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// x without negligible values, as an elementwise function.
struct no_negligible {
    template <class V>
    static STRATA_INLINE V apply(V x) {
        return kernels::without_negligible(x);
    }
};

}  // namespace detail

/// A stream of one channel over the weights of a model, which may serve any number of streams. It holds the weights of
/// a model that was built, as the model itself does: model and stream may move, and the stream may live longer. Weights
/// that are assigned, loaded or trained later act from the next step on; the stream of a model that takes another's
/// weights by a move keeps the old ones. A copy of a stream goes on by itself over the same weights. The model's input
/// is (steps, ...), of which a stream takes one step at a time, without end; outputs are those of the whole sequence,
/// or of a last layer that gives one output, what it would give if the sequence ended here. Silence is as fast as
/// sound: inputs, states and outputs of convolutions closer to 0 than 2^-80 (8e-25; double 2^-800) count as 0, and
/// where a call takes longer than some 3 us it runs in a scope of flush_subnormals.
template <class Net, class T = float>
class Stream : public stream_properties<Net, T> {
public:
    using traits = stream_properties<Net, T>;

    /// Holds the weights of a model, as `parameters()` lays them out.
    explicit Stream(weight_pointer<const T> parameters) : parameters_(std::move(parameters)) {}
    /// Refers to them: they must live longer and stay where they are.
    explicit Stream(const T* parameters) : parameters_(weight_pointer<const T>(), parameters) {}

    /// One step: spans of one input and one output. They may be the same memory; else they may not overlap. Allocates
    /// nothing.
    template <class In, class Out>
    void step(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        if (const auto call = checked_spans<1>(in, out); call.is_valid) {
            if constexpr (flushes) {
                const flush_subnormals flush;
                one_step_of(call.x, call.y);
            } else {
                one_step_of(call.x, call.y);
            }
        }
    }
    /// n steps, whose inputs and outputs follow each other. The outputs are bit for bit those of n calls of step, which
    /// takes longer, and the two may be mixed. Spans hold at least n inputs and n outputs. They may begin at the same
    /// place where input_size is output_size; else they may not overlap. Allocates nothing.
    template <class In, class Out>
    void process(const In& in, Out&& out, std::size_t n) noexcept STRATA_NONBLOCKING {
        const std::span x(std::data(in), std::size(in));
        const std::span y(std::data(out), std::size(out));
        assert(parameters_ != nullptr && "strata: a moved-from stream is stepped");
        assert(x.size() >= n * traits::input_size && "strata: fewer inputs than steps of a stream");
        assert(y.size() >= n * traits::output_size && "strata: fewer outputs than steps of a stream");
        assert(may_share(x.data(), y.data(), n) && "strata: input and output of a stream overlap");
        if constexpr (flushes) {
            const flush_subnormals flush;
            tiles(x.data(), y.data(), n);
        } else {
            tiles(x.data(), y.data(), n);
        }
    }
    /// N steps: spans of exactly N inputs and N outputs.
    template <std::size_t N, class In, class Out>
    void process(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        if (const auto call = checked_spans<N>(in, out); call.is_valid)
            process(std::span(call.x, N * traits::input_size), std::span(call.y, N * traits::output_size), N);
    }
    /// n steps of an input of zeros, whose outputs are dropped: for the state that silence leads to. Allocates nothing.
    void prewarm(std::size_t n) noexcept STRATA_NONBLOCKING {
        assert(parameters_ != nullptr && "strata: a moved-from stream is stepped");
        T* const zeros = memory_.data() + plan.input_copy;
        for (std::size_t count = 0; n > 0; n -= count) {
            count = std::min(n, plan.frames);
            std::fill_n(zeros, count * traits::input_size, T(0));
            if constexpr (flushes) {
                const flush_subnormals flush;
                run_frames(zeros, memory_.data() + plan.discarded, count, steps_of_plan{});
            } else {
                run_frames(zeros, memory_.data() + plan.discarded, count, steps_of_plan{});
            }
        }
    }
    /// The values that the layers remember: an array of stream_state_part, with the name of a layer, of a part, and its
    /// values, which may be read and written. A recurrent layer has `hidden`, its last outputs, an LSTM also `cell`; a
    /// convolution has `sums`, of its next outputs. A step or a block may move values: ask again after it.
    auto state() noexcept { return detail::parts_of_states<Net, T>(memory_.data(), steps_of_plan{}); }
    /// The parts of one layer, by its name: `stream.state<"lstm">()[0].values`.
    template <fixed_string Name>
    auto state() noexcept {
        using checked = detail::state_name_check<Net, T, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return detail::parts_of_state<Net, T, checked::step>(memory_.data());
        else return refused{};
    }
    /// Forgets everything: the next step is the first.
    void reset() noexcept STRATA_NONBLOCKING { std::fill_n(memory_.data(), plan.states_end, T(0)); }

private:
    static constexpr const auto& plan = stream_plan_of<Net, T>;
    using steps_of_plan = std::make_index_sequence<plan.step_count>;
    /// Of one time step. Where that is worth a scope, values need not be looked at. Blocks do as steps do, so that both
    /// give the same bits.
    static constexpr std::size_t step_cost = detail::inference_cost<Net>() / Net::input_shape()[0];
    static constexpr bool flushes = step_cost >= detail::least_flushed_steps;

    struct spans_of_call {
        const T* x = nullptr;
        T* y = nullptr;
        bool is_valid = false;
    };
    /// The spans of N inputs and N outputs, refused or asserted where they are others.
    template <std::size_t N, class In, class Out>
    STRATA_INLINE spans_of_call checked_spans(const In& in, Out& out) noexcept {
        const std::span x(std::data(in), std::size(in));
        const std::span y(std::data(out), std::size(out));
        using checked =
            detail::stream_span_check<traits, N, decltype(std::span(in))::extent, decltype(std::span(out))::extent>;
        static_cast<void>(require<checked>{});
        if constexpr (!checked::value.ok) return {};
        assert(parameters_ != nullptr && "strata: a moved-from stream is stepped");
        assert(x.size() == checked::in && y.size() == checked::out);
        assert(may_share(x.data(), y.data(), N) && "strata: input and output of a stream overlap");
        return {x.data(), y.data(), true};
    }
    /// Whether n outputs may lie at y: where n inputs lie, if both have one size, or apart from them.
    static bool may_share(const T* x, const T* y, std::size_t n) {
        return (x == y && traits::input_size == traits::output_size) ||
               !detail::overlap<T>(x, n * traits::input_size, y, n * traits::output_size);
    }

    STRATA_INLINE void one_step_of(const T* x, T* y) noexcept {
        if constexpr (!flushes) {
            constexpr std::size_t L = kernels::simd_for<T, traits::input_size>::size;
            alignas(alignment) T own[(traits::input_size + L - 1) / L * L];
            kernels::copy_without_negligible<traits::input_size>(x, own);
            run(static_cast<const T*>(own), y, steps_of_plan{});
        } else {
            run(copied_where_shared(x, y, 1), y, steps_of_plan{});
        }
    }
    /// x, or a copy of `count` frames of it where outputs will be written over them.
    const T* copied_where_shared(const T* x, const T* y, std::size_t count) noexcept {
        if (x != y) return x;
        T* copy = memory_.data() + plan.input_copy;
        std::copy_n(x, count * traits::input_size, copy);
        return copy;
    }

    /// n steps, as many at a time as values have memory for.
    void tiles(const T* x, T* y, std::size_t n) noexcept {
        for (std::size_t count = 0; n > 0; n -= count) {
            count = std::min(n, plan.frames);
            const T* from = x;
            if constexpr (!flushes) {
                T* copy = memory_.data() + plan.input_copy;
                kernels::elementwise<detail::no_negligible>(count * traits::input_size, x, copy);
                from = copy;
            } else {
                from = copied_where_shared(x, y, count);
            }
            run_frames(from, y, count, steps_of_plan{});
            x += count * traits::input_size;
            y += count * traits::output_size;
        }
    }

    template <std::size_t... Step>
    STRATA_INLINE void run(const T* x, T* y, std::index_sequence<Step...>) noexcept {
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, traits::input_size, y);
        else evaluate_in_order{0, (run_step<Step>(x, y), 0)...};
    }
    template <std::size_t Step>
    STRATA_INLINE void run_step(const T* x, T* y) noexcept {
        using s = step_types<Step>;
        if constexpr (detail::merge_layer<typename s::layer>) {
            merge<Step>(x, y, 0);
        } else {
            const auto weights = s::weights::of(parameters_.get());
            const forward_context<T> call = context<Step>(x, y, weights.data());
            if constexpr (plan.states[Step].has_state) s::layer::template step<s::in, typename s::epilogue>(call);
            else s::layer::template forward<plan.states[Step].in, 1, typename s::epilogue>(call);
        }
    }

    template <std::size_t... Step>
    void run_frames(const T* x, T* y, std::size_t count, std::index_sequence<Step...>) noexcept {
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, count * traits::input_size, y);
        else evaluate_in_order{0, (run_frames_of<Step>(x, y, count), 0)...};
    }
    /// One step of the plan for `count` frames.
    template <std::size_t Step>
    void run_frames_of(const T* x, T* y, std::size_t count) noexcept {
        using s = step_types<Step>;
        if constexpr (detail::merge_layer<typename s::layer>) {
            for (std::size_t t = 0; t < count; ++t) merge<Step>(x, y, t);
        } else {
            constexpr stream_state state = plan.states[Step];
            const auto weights = s::weights::of(parameters_.get());
            forward_context<T> call = context<Step>(x, y, weights.data());
            call.count = count;
            if constexpr (detail::has_process<typename s::layer>) {
                s::layer::template process<state.has_state ? s::in : state.in, typename s::epilogue>(call);
            } else if constexpr (state.has_state) {
                for (std::size_t t = 0; t < count;
                     ++t, call.x += state.in.size(), call.y += plan.steps[Step].output.size)
                    s::layer::template step<s::in, typename s::epilogue>(call);
            } else {
                process_by_forward<typename s::layer, state.in, typename s::epilogue>(call);
            }
        }
    }

    template <std::size_t Step>
    using step_types = detail::step_types<Net, T, plan.steps[Step].layer, plan.steps[Step].fused>;

    template <std::size_t Step>
    STRATA_INLINE void merge(const T* x, T* y, std::size_t frame) noexcept {
        using s = step_types<Step>;
        constexpr const auto& shapes = detail::merged_step_shapes_of<Net, T, s::index>;
        T* memory = memory_.data();
        s::layer::template merge<shapes, typename s::epilogue>(
            plan.template read_all<shapes.size()>(Step, x, static_cast<const T*>(memory), frame),
            plan.write(Step, y, memory, frame), {0, s::layer::template merge_units<shapes>()});
    }
    template <std::size_t Step>
    STRATA_INLINE forward_context<T> context(const T* x, T* y, const T* const* weights) noexcept {
        T* memory = memory_.data();
        return {.x = plan.read(Step, 0, x, static_cast<const T*>(memory)),
                .weights = weights,
                .y = plan.write(Step, y, memory),
                .scratch = memory + plan.steps[Step].scratch,
                .state = memory + plan.states[Step].offset};
    }

    weight_pointer<const T> parameters_;
    storage<T, plan.arena_size> memory_{};
};

}  // namespace strata::inline STRATA_ISA
