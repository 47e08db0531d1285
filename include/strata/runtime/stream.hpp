// stream: a model that takes its input one time step after the other and remembers what its layers need of the past.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/flush_subnormals.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/streaming_schedule.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/step.hpp>
#include <strata/runtime/subnormal_inputs.hpp>

namespace strata::inline STRATA_ISA {

/// The constants of a net's stream: sizes of one step, what it remembers and for how long.
template <class Net, class T = float>
struct stream_properties {
    /// Values of one step of the input and of the output.
    static constexpr std::size_t input_size = stream_plan_of<Net, T>.input_size;
    static constexpr std::size_t output_size = stream_plan_of<Net, T>.output_size;
    /// Values that the layers remember.
    static constexpr std::size_t state_size = stream_plan_of<Net, T>.state_size;
    /// Steps by which an output comes later than the input that it belongs to: none, as no layer looks ahead.
    static constexpr std::size_t latency = 0;
    /// Steps of the input that an output depends on, the present one included; `unbounded` for recurrent layers.
    static constexpr std::size_t receptive_field = stream_plan_of<Net, T>.receptive_field;
    /// Steps until outputs no longer depend on the zeros that a stream begins with.
    static constexpr std::size_t warm_up = receptive_field == unbounded ? unbounded : receptive_field - 1;
};

namespace detail {

/// Whether two ranges of memory have elements in common.
template <class T>
bool overlap(const T* a, std::size_t a_size, const T* b, std::size_t b_size) {
    const auto address = [](const T* of) { return reinterpret_cast<std::uintptr_t>(of); };
    return address(a) < address(b + b_size) && address(b) < address(a + a_size);
}

/// The spans of step and block: exactly one input and one output of so many steps.
template <class Facts, std::size_t Steps, std::size_t In, std::size_t Out>
struct stream_span_check {
    static constexpr std::size_t in = Steps * Facts::input_size, out = Steps * Facts::output_size;
    static constexpr diagnostic value = [] {
        if (In != std::size_t(-1) && In != in)
            return refuse(text<64>() << in << " input values", text<64>() << In, "give a span of all steps",
                          "a step of a stream, input");
        if (Out != std::size_t(-1) && Out != out)
            return refuse(text<64>() << out << " output values", text<64>() << Out, "give a span of all steps",
                          "a step of a stream, output");
        return diagnostic{};
    }();
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
    explicit Stream(std::shared_ptr<const T> parameters) : parameters_(std::move(parameters)) {}
    /// Refers to them: they must live longer and stay where they are.
    explicit Stream(const T* parameters) : parameters_(std::shared_ptr<const T>(), parameters) {}

    /// One step: spans of one input and one output, which may not overlap. Allocates nothing.
    template <class In, class Out>
    void step(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        block<1>(in, out);
    }
    /// N steps that follow each other.
    template <std::size_t N, class In, class Out>
    void block(const In& in, Out&& out) noexcept STRATA_NONBLOCKING {
        const std::span x(std::data(in), std::size(in));
        const std::span y(std::data(out), std::size(out));
        using checked =
            detail::stream_span_check<traits, N, decltype(std::span(in))::extent, decltype(std::span(out))::extent>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) {
            assert(parameters_ != nullptr && "strata: a moved-from stream is stepped");
            assert(x.size() == checked::in && y.size() == checked::out);
            assert(!detail::overlap<T>(x.data(), x.size(), y.data(), y.size()) &&
                   "strata: input and output of a stream overlap");
            if constexpr (N * step_cost >= detail::least_flushed_steps) {
                const flush_subnormals flush;
                steps<N>(x.data(), y.data());
            } else {
                steps<N>(x.data(), y.data());
            }
        }
    }
    /// Forgets everything: the next step is the first.
    void reset() noexcept STRATA_NONBLOCKING { std::fill_n(memory_.data(), plan.arena_size, T(0)); }

private:
    static constexpr const auto& plan = stream_plan_of<Net, T>;
    /// Of one time step. Where that is worth a scope, values need not be looked at.
    static constexpr std::size_t step_cost = detail::inference_cost<Net>() / Net::input_shape()[0];
    static constexpr bool looks_at_values = step_cost < detail::least_flushed_steps;

    template <std::size_t N>
    STRATA_INLINE void steps(const T* x, T* y) noexcept {
        for (std::size_t n = 0; n < N; ++n, x += traits::input_size, y += traits::output_size) {
            if constexpr (looks_at_values) {
                constexpr std::size_t L = kernels::simd_for<T, traits::input_size>::size;
                alignas(alignment) T own[(traits::input_size + L - 1) / L * L];
                kernels::copy_without_negligible<traits::input_size>(x, own);
                run(static_cast<const T*>(own), y, std::make_index_sequence<plan.step_count>{});
            } else {
                run(x, y, std::make_index_sequence<plan.step_count>{});
            }
        }
    }

    template <std::size_t... Step>
    STRATA_INLINE void run(const T* x, T* y, std::index_sequence<Step...>) noexcept {
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, traits::input_size, y);
        else evaluate_in_order{0, (run_step<Step>(x, y), 0)...};
    }
    template <std::size_t Step>
    STRATA_INLINE void run_step(const T* x, T* y) noexcept {
        using s = detail::step_types<Net, T, plan.steps[Step].layer, plan.steps[Step].fused>;
        T* memory = memory_.data();
        T* to = plan.write(Step, y, memory);
        if constexpr (detail::merge_layer<typename s::layer>) {
            constexpr const auto& shapes = detail::merged_step_shapes_of<Net, T, s::index>;
            s::layer::template merge<shapes, typename s::epilogue>(
                plan.template read_all<shapes.size()>(Step, x, static_cast<const T*>(memory)), to,
                {0, s::layer::template merge_units<shapes>()});
        } else {
            constexpr stream_state state = plan.states[Step];
            const auto weights = s::weights::of(parameters_.get());
            const forward_context<T> call{.x = plan.read(Step, 0, x, static_cast<const T*>(memory)),
                                          .weights = weights.data(),
                                          .y = to,
                                          .scratch = memory + plan.steps[Step].scratch,
                                          .state = memory + state.offset};
            if constexpr (state.has_state) s::layer::template step<s::in, typename s::epilogue>(call);
            else s::layer::template forward<state.in, 1, typename s::epilogue>(call);
        }
    }

    std::shared_ptr<const T> parameters_;
    storage<T, plan.arena_size> memory_{};
};

}  // namespace strata::inline STRATA_ISA
