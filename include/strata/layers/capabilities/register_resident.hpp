// register_resident: one sample that stays in a vector register from layer to layer.
//
// Use it in layers of few values (at most the lanes of a register), where storing and loading a sample takes as long as
// the arithmetic. Write both:
//
//   template <shape In, class Fused> static constexpr bool fits_vector()
//       whether it can for this input; that the sizes fit into a register is checked by strata
//   template <shape In, class Fused, class V, class T>
//   static V forward_in_vector(const V& x, const forward_context<T>& s)
//       the output of one sample, of which s.weights alone is given; lanes past the sizes may hold anything
//
// and, where it is faster to read the elements of a sample from memory one by one:
//
//   template <shape In, class Fused, class V, class T> static V forward_into_vector(const forward_context<T>& s)
//       the same of the sample s.x; called for the first layer of a chain
//
// A stream keeps a time step in a register, and puts the time steps of a block into lanes, where the layer has both:
//
//   template <shape In, class T> static constexpr bool vector_matches_process()
//       whether the outputs of forward_in_vector and of forward_of_lanes are bit for bit those of `process`
//   template <shape In, class Fused, class V, class T>
//   static void forward_of_lanes(const V* x, V* y, const forward_context<T>& s)
//       the outputs of as many samples as a V has lanes: lane l of x[i] is value i of sample l
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_fits_vector = requires { Layer::template fits_vector<shape{}, fused<>>(); };
template <class Layer>
concept has_forward_in_vector = requires(const float& x, const forward_context<float>& s) {
    Layer::template forward_in_vector<shape{}, fused<>>(x, s);
};
template <class Layer>
concept has_vector_matches_process = requires { Layer::template vector_matches_process<shape{}, float>(); };
template <class Layer>
concept has_forward_of_lanes = requires(const float* x, float* y, const forward_context<float>& s) {
    Layer::template forward_of_lanes<shape{}, fused<>>(x, y, s);
};

}  // namespace detail

template <class Layer>
concept register_resident = detail::has_fits_vector<Layer> && detail::has_forward_in_vector<Layer>;

/// Whether a stream may call it: its output is bit for bit that of `process`.
template <class Layer, shape In, class T>
constexpr bool streams_in_vector() {
    if constexpr (register_resident<Layer> && detail::has_vector_matches_process<Layer>)
        return Layer::template vector_matches_process<In, T>();
    else return false;
}

/// Whether it can load a sample itself.
template <class Layer>
concept loads_into_vector =
    requires(const forward_context<float>& s) { Layer::template forward_into_vector<shape{}, fused<>, float>(s); };

}  // namespace strata::inline STRATA_ISA
