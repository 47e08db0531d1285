// packed_weights: a second form of a layer's weights, made once and read by every forward call.
//
// Use it where the kernel wants the weights in another order or transformed (Winograd's kernels, gates side by side),
// or a value made of several weights (BatchNormalization's factor and shift of each channel). Write both:
//
//   template <shape In, class T> static constexpr std::size_t packed_size()
//       elements of the second form; 0: none for this input
//   template <shape In, class T> static constexpr void pack_weights(const T* const* weights, T* packed, thread_slice
//   part)
//       writes this thread's part of it; called after weights changed, never while forward runs
//
// and read it by `packed_weights<Layer, In>(s)`. Weights stay the truth: files and optimizers see only them. A layer
// that a stream steps by forward gets inputs of one step: its packed form must not depend on the number of steps.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_packed_size = requires { Layer::template packed_size<shape{}, float>(); };
template <class Layer>
concept has_pack_weights = requires(const float* const* weights, float* packed, thread_slice part) {
    Layer::template pack_weights<shape{}>(weights, packed, part);
};

}  // namespace detail

template <class Layer>
concept packs_weights = detail::has_packed_size<Layer> && detail::has_pack_weights<Layer>;

/// Elements of the packed form of any layer.
template <class Layer, shape In, class T>
inline constexpr std::size_t packed_size_of = 0;
template <packs_weights Layer, shape In, class T>
inline constexpr std::size_t packed_size_of<Layer, In, T> = Layer::template packed_size<In, T>();

}  // namespace strata::inline STRATA_ISA
