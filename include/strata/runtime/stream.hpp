// stream: a model that takes its input one time step after the other and remembers what its layers need of the past.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/weight_pointer.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/net/call_checks.hpp>
#include <strata/runtime/observer.hpp>
#include <strata/runtime/stream_executor.hpp>
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

/// The memory of a stream, for what owns it.
struct memory_access {
    template <class Stream>
    static auto& of(Stream& stream) {
        return stream.memory_;
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
/// where a call takes longer than some 3 us it runs in a scope of flush_subnormals. Memory holds states and values.
template <class Net, class T = float, class Memory = storage<T, stream_plan_of<Net, T>.arena_size>>
class Stream : public stream_properties<Net, T> {
public:
    using traits = stream_properties<Net, T>;

    /// Holds the weights of a model, as `parameters()` lays them out.
    explicit Stream(weight_pointer<const T> parameters) : parameters_(std::move(parameters)) {}
    /// Refers to them: they must live longer and stay where they are.
    explicit Stream(const T* parameters) : parameters_(weight_pointer<const T>(), parameters) {}
    /// In memory of at least plan.arena_size elements, all of them zero.
    Stream(weight_pointer<const T> parameters, Memory memory)
        : parameters_(std::move(parameters)), memory_(std::move(memory)) {}

    /// One step: spans of one input and one output. They may be the same memory; else they may not overlap. Returns
    /// whether there is an output: always, unless the net has a latency or strides. Allocates nothing.
    template <class In, class Out>
    bool step(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        const auto call = checked_spans<1>(in, out);
        if (!call.is_valid) return false;
        if constexpr (detail::has_rates<Net, T>) {
            return process(std::span(call.x, traits::input_size), std::span(call.y, traits::output_size), 1) > 0;
        } else if constexpr (flushes) {
            const flush_subnormals flush;
            one_step_of(call.x, call.y);
        } else {
            one_step_of(call.x, call.y);
        }
        return true;
    }
    template <class... Arguments>
        requires(sizeof...(Arguments) != 2)
    refused step(const Arguments&...) {
        using checked = detail::arguments_check<Net, "a step of a stream", "spans of one input and of one output",
                                                "write stream.step(x, y), of one value std::span(&x, 1)", Arguments...>;
        static_cast<void>(require<checked>{});
        return {};
    }
    /// n steps, whose inputs and outputs follow each other. The outputs are bit for bit those of n calls of step, which
    /// takes longer, and the two may be mixed. Returns the number of outputs: n, unless the net has a latency or
    /// strides. Spans hold at least n inputs and most_outputs(n) outputs. They may begin at the same place where
    /// input_size is output_size; else they may not overlap. Allocates nothing.
    template <class In, class Out>
    std::size_t process(const In& in, Out&& out, std::size_t n) noexcept STRATA_NONBLOCKING {
        const std::span x(std::data(in), std::size(in));
        const std::span y(std::data(out), std::size(out));
        assert(parameters_ != nullptr && "strata: a moved-from stream is stepped");
        assert(x.size() >= n * traits::input_size && "strata: fewer inputs than steps of a stream");
        assert(y.size() >= traits::most_outputs(n) * traits::output_size &&
               "strata: fewer outputs than steps of a stream");
        assert(may_share(x.data(), y.data(), n) && "strata: input and output of a stream overlap");
        if constexpr (flushes) {
            const flush_subnormals flush;
            return tiles(x.data(), y.data(), n);
        } else {
            return tiles(x.data(), y.data(), n);
        }
    }
    template <class... Arguments>
        requires(sizeof...(Arguments) != 3)
    refused process(const Arguments&...) {
        using checked = detail::arguments_check<Net, "process, of a stream", "inputs, outputs and a number of steps",
                                                "write stream.process(x, y, n)", Arguments...>;
        static_cast<void>(require<checked>{});
        return {};
    }
    /// N steps: spans of exactly N inputs and most_outputs(N) outputs.
    template <std::size_t N, class In, class Out>
    std::size_t process(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        constexpr std::size_t outputs = traits::most_outputs(N) * traits::output_size;
        const auto call = checked_spans<N>(in, out);
        return call.is_valid ? process(std::span(call.x, N * traits::input_size), std::span(call.y, outputs), N) : 0;
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
                executor().frames(zeros, memory_.data() + plan.discarded, count, counters_);
            } else {
                executor().frames(zeros, memory_.data() + plan.discarded, count, counters_);
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
    void reset() noexcept STRATA_NONBLOCKING {
        std::fill_n(memory_.data(), plan.states_end, T(0));
        counters_ = {};
    }

private:
    friend detail::memory_access;
    friend detail::stream_profiler;

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
               !detail::overlap<T>(x, n * traits::input_size, y, traits::most_outputs(n) * traits::output_size);
    }

    STRATA_INLINE void one_step_of(const T* x, T* y) noexcept {
        if constexpr (!flushes) {
            constexpr std::size_t L = kernels::simd_for<T, traits::input_size>::size;
            alignas(alignment) T own[(traits::input_size + L - 1) / L * L];
            kernels::copy_without_negligible<traits::input_size>(x, own);
            executor().one_step(own, y);
        } else {
            executor().one_step(copied_where_shared(x, y, 1), y);
        }
    }
    /// x, or a copy of `count` frames of it where outputs will be written over them.
    const T* copied_where_shared(const T* x, const T* y, std::size_t count) noexcept {
        if (!detail::overlap<T>(x, count * traits::input_size, y, count * traits::output_size)) return x;
        T* copy = memory_.data() + plan.input_copy;
        std::copy_n(x, count * traits::input_size, copy);
        return copy;
    }

    /// n steps, as many at a time as values have memory for. Returns the number of outputs.
    std::size_t tiles(const T* x, T* y, std::size_t n) noexcept {
        std::size_t outputs = 0;
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
            const std::size_t made = executor().frames(from, y, count, counters_);
            x += count * traits::input_size;
            y += made * traits::output_size;
            outputs += made;
        }
        return outputs;
    }

    STRATA_INLINE detail::stream_executor<Net, T> executor() noexcept { return {parameters_.get(), memory_.data()}; }

    weight_pointer<const T> parameters_;
    Memory memory_{};
    [[no_unique_address]] detail::counters_of<Net, T> counters_{};
};

}  // namespace strata::inline STRATA_ISA
