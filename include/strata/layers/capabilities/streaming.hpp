// streaming: layers that take their input one time step after another (Model::stream). The first axis is time.
//
// Use it where an output of step t depends on no later step. Write
//
//   template <shape In> static constexpr streaming streams()      which of the four below it is
//
// That is all for a layer of which each step is computed by itself: forward gets inputs of one step. A layer that
// remembers earlier steps (streaming::with_state, streaming::to_last) also writes all of
//
//   template <shape In> static constexpr std::size_t lookback()
//       how many steps before the present one its output depends on, or `unbounded`
//   template <shape In, class T> static constexpr std::size_t state_size()
//       elements of s.state, which are zero before the first step
//   template <shape In, class Fused, class T> static void step(const forward_context<T>& s)
//       one step: reads s.x, reads and writes s.state, writes s.y
//
//   template <shape In> static constexpr stream_rate output_rate()
//       optional: which of the outputs a stream keeps; all of them where it is not written
//   template <shape In, class T> static auto state_parts(T* state)
//       optional: a std::array of state_part<T>, the values of the state that programs may read and set (Stream::state)
//
// A layer that cannot be streamed may say why
//
//   template <shape In> static constexpr stream_refusal refuse_stream()
//       the layer in words, and what to write instead
//
// Any of these layers may also take several steps at once, where that is faster (Stream::process). It then writes
//
//   template <shape In, class Fused, class T> static void process(const forward_context<T>& s)
//       s.count steps, whose inputs and outputs follow each other. The outputs and the state are bit for bit those of
//       as many single steps. In is that of step for layers with a state, and one step for the others.
//   template <shape In, class T> static constexpr std::size_t process_scratch(std::size_t steps)
//       optional: elements of s.scratch for that many steps
//
// Without process the layer is called step by step.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

/// none: an output needs later steps, or all of them. each_step: each step by itself. with_state: a state is carried
/// from step to step. to_last: with a state, and the output has no time axis; a stream gives one at every step.
enum class streaming { none, each_step, with_state, to_last };

/// The lookback of a layer that never forgets.
inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

/// The outputs that a stream keeps of those that a layer computes, one a step: after the first `skip` every stride-th.
struct stream_rate {
    std::size_t skip = 0;
    std::size_t stride = 1;

    constexpr bool keeps_all() const { return skip == 0 && stride == 1; }
};

/// Why a stream cannot take a layer. Empty: nothing is said beside the layer's type.
struct stream_refusal {
    std::string_view got{};
    std::string_view fix{};
};

/// Values of a layer's state, and their name: `hidden`, `cell`.
template <class T>
struct state_part {
    std::string_view name{};
    std::span<T> values{};
};

/// An input of one time step.
constexpr shape one_step(shape in) {
    in[0] = 1;
    return in;
}

/// `streams` of a layer that treats all steps alike and each by itself.
constexpr streaming each_step_of(const shape& in) { return in.rank() > 1 ? streaming::each_step : streaming::none; }

namespace detail {

template <class Layer>
concept has_streams = requires { Layer::template streams<shape{}>(); };
template <class Layer>
concept has_lookback = requires { Layer::template lookback<shape{}>(); };
template <class Layer>
concept has_state_size = requires { Layer::template state_size<shape{}, float>(); };
template <class Layer>
concept has_step = requires(const forward_context<float>& s) { Layer::template step<shape{}, fused<>>(s); };
template <class Layer>
concept has_process = requires(const forward_context<float>& s) { Layer::template process<shape{}, fused<>>(s); };
template <class Layer>
concept has_output_rate = requires { Layer::template output_rate<shape{}>(); };
template <class Layer>
concept has_state_parts = requires(float* state) { Layer::template state_parts<shape{}>(state); };
template <class Layer>
concept has_stream_refusal = requires { Layer::template refuse_stream<shape{}>(); };
template <class Layer>
concept has_process_scratch = requires { Layer::template process_scratch<shape{}, float>(std::size_t{}); };

}  // namespace detail

template <class Layer>
concept streams_with_state = detail::has_streams<Layer> && detail::has_lookback<Layer> &&
                             detail::has_state_size<Layer> && detail::has_step<Layer>;

/// `process` of a layer that treats each step by itself: its forward, step by step. In is one step.
template <class Layer, shape In, class Fused, class T>
void process_by_forward(forward_context<T> s) {
    for (std::size_t t = 0; t < s.count; ++t, s.x += In.size(), s.y += Layer::output(In).size())
        Layer::template forward<In, 1, Fused>(s);
}

/// How a stream takes any layer.
template <class Layer, shape In>
constexpr streaming streaming_of() {
    if constexpr (detail::has_streams<Layer>) return Layer::template streams<In>();
    else return identity_at_inference<Layer> ? streaming::each_step : streaming::none;
}

}  // namespace strata::inline STRATA_ISA
