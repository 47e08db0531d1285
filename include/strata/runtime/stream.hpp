// stream: a model that takes its input one time step after the other and remembers what its layers need of the past.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <functional>
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
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/shapes.hpp>
#include <strata/runtime/packing.hpp>
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
    const std::less<const T*> before;
    return before(a, b + b_size) && before(b, a + a_size);
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
    explicit Stream(std::shared_ptr<const T> parameters) : parameters_(std::move(parameters)) {}
    /// Refers to them: they must live longer and stay where they are.
    explicit Stream(const T* parameters) : parameters_(std::shared_ptr<const T>(), parameters) {}

    /// One step: spans of one input and one output. They may be the same memory; else they may not overlap. Allocates
    /// nothing.
    template <class In, class Out>
    void step(const In& in, Out&& out) noexcept {
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
    void process(const In& in, Out&& out, std::size_t n) noexcept {
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
    void process(const In& in, Out&& out) noexcept {
        if (const auto call = checked_spans<N>(in, out); call.is_valid)
            process(std::span(call.x, N * traits::input_size), std::span(call.y, N * traits::output_size), N);
    }
    /// Forgets everything: the next step is the first.
    void reset() noexcept { std::fill_n(memory_.data(), plan.states_size, T(0)); }

private:
    static constexpr const auto& plan = stream_plan_of<Net, T>;
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
            run(static_cast<const T*>(own), y, std::make_index_sequence<plan.step_count>{});
        } else {
            run(copied_where_shared(x, y, 1), y, std::make_index_sequence<plan.step_count>{});
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
            run_tile(from, y, count, std::make_index_sequence<plan.step_count>{});
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
        constexpr stream_step s = plan.steps[Step];
        using layer = type_at<s.layer, flat_layers_of<Net>>;
        using epilogue = detail::epilogue_of<Net, s.fused>;
        T* to = output_of<Step>(y);
        if constexpr (detail::merge_layer<layer>) {
            merge<Step>(operands_of<Step>(x, y), to);
        } else {
            const auto weights = detail::layer_weights<Net, T, s.layer>::of(parameters_.get());
            const forward_context<T> call = context<Step>(x, y, weights.data());
            if constexpr (s.has_state) layer::template step<flat_nodes_of<Net>[s.layer].in, epilogue>(call);
            else layer::template forward<s.in, 1, epilogue>(call);
        }
    }

    template <std::size_t... Step>
    void run_tile(const T* x, T* y, std::size_t count, std::index_sequence<Step...>) noexcept {
        if constexpr (sizeof...(Step) == 0) std::copy_n(x, count * traits::input_size, y);
        else evaluate_in_order{0, (run_frames<Step>(x, y, count), 0)...};
    }
    /// One step of the plan for `count` frames.
    template <std::size_t Step>
    void run_frames(const T* x, T* y, std::size_t count) noexcept {
        constexpr stream_step s = plan.steps[Step];
        using layer = type_at<s.layer, flat_layers_of<Net>>;
        using epilogue = detail::epilogue_of<Net, s.fused>;
        constexpr shape whole = flat_nodes_of<Net>[s.layer].in;
        T* to = output_of<Step>(y);
        if constexpr (detail::merge_layer<layer>) {
            constexpr const auto& shapes = detail::merged_step_shapes_of<Net, T, s.layer>;
            auto operands = operands_of<Step>(x, y);
            for (std::size_t t = 0; t < count; ++t, to += layer::merged_shape(shapes).size()) {
                merge<Step>(operands, to);
                for (std::size_t k = 0; k < shapes.size(); ++k) operands[k] += shapes[k].size();
            }
        } else {
            const auto weights = detail::layer_weights<Net, T, s.layer>::of(parameters_.get());
            forward_context<T> call = context<Step>(x, y, weights.data());
            call.count = count;
            if constexpr (detail::has_process<layer>) {
                layer::template process<s.has_state ? whole : s.in, epilogue>(call);
            } else if constexpr (s.has_state) {
                for (std::size_t t = 0; t < count; ++t, call.x += s.in.size(), call.y += s.out)
                    layer::template step<whole, epilogue>(call);
            } else {
                process_by_forward<layer, s.in, epilogue>(call);
            }
        }
    }

    template <std::size_t Step>
    STRATA_INLINE T* output_of(T* y) noexcept {
        constexpr stream_location to = plan.steps[Step].to;
        return to.from == stream_location::output ? y : memory_.data() + to.offset;
    }
    template <std::size_t Step, std::size_t K = 0>
    STRATA_INLINE const T* input_of(const T* x, const T* y) noexcept {
        constexpr stream_location where = plan.inputs[plan.steps[Step].first_input + K];
        return where.from == stream_location::input    ? x
               : where.from == stream_location::output ? y
                                                       : memory_.data() + where.offset;
    }
    template <std::size_t Step>
    STRATA_INLINE auto operands_of(const T* x, const T* y) noexcept {
        constexpr std::size_t count = detail::merged_step_shapes_of<Net, T, plan.steps[Step].layer>.size();
        return [&]<std::size_t... K>(std::index_sequence<K...>) STRATA_INLINE_CALL {
            return std::array<const T*, count>{input_of<Step, K>(x, y)...};
        }(std::make_index_sequence<count>{});
    }
    template <std::size_t Step, class Operands>
    STRATA_INLINE static void merge(const Operands& operands, T* to) noexcept {
        constexpr stream_step s = plan.steps[Step];
        using layer = type_at<s.layer, flat_layers_of<Net>>;
        constexpr const auto& shapes = detail::merged_step_shapes_of<Net, T, s.layer>;
        layer::template merge<shapes, detail::epilogue_of<Net, s.fused>>(operands, to,
                                                                         {0, layer::template merge_units<shapes>()});
    }
    template <std::size_t Step>
    STRATA_INLINE forward_context<T> context(const T* x, T* y, const T* const* weights) noexcept {
        return {.x = input_of<Step>(x, y),
                .weights = weights,
                .y = output_of<Step>(y),
                .scratch = memory_.data() + plan.scratch,
                .state = memory_.data() + plan.steps[Step].state};
    }

    std::shared_ptr<const T> parameters_;
    storage<T, plan.memory_size> memory_{};
};

}  // namespace strata::inline STRATA_ISA
