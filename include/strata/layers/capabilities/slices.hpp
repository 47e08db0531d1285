// slices: one sample's output in slices that threads make by themselves.
//
// Use it where one sample is worth several threads and the output does not come in rows: the units of a Dense, the
// tiles of a map of one row. Write both:
//
//   template <shape In, class Fused, class T> static constexpr std::size_t slice_count()
//       1: for this input the output is not cut
//   template <shape In, class Fused, class T> static void forward_slices(const forward_context<T>& s)
//       the slices s.range of s.y: s.x and s.y are whole, s.scratch is this thread's, as much as forward's
//
// and, where the weights are large, so that each thread reads its part of them alone for a batch:
//
//   template <shape In, std::size_t N, class Fused, class T> static void forward_batch_slices(const forward_context<T>&
//   s)
//       the same slices of N samples, without scratch
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/capabilities/epilogue.hpp>
#include <strata/layers/context.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

template <class Layer>
concept has_slice_count = requires { Layer::template slice_count<shape{}, fused<>, float>(); };
template <class Layer>
concept has_forward_slices =
    requires(const forward_context<float>& s) { Layer::template forward_slices<shape{}, fused<>>(s); };

template <class Layer>
concept has_forward_batch_slices =
    requires(const forward_context<float>& s) { Layer::template forward_batch_slices<shape{}, 1, fused<>>(s); };

}  // namespace detail

template <class Layer>
concept works_by_slices = detail::has_slice_count<Layer> && detail::has_forward_slices<Layer>;

template <class Layer>
concept works_by_batch_slices = works_by_slices<Layer> && detail::has_forward_batch_slices<Layer>;

/// The number of slices of any layer.
template <class Layer, shape In, class Fused, class T>
inline constexpr std::size_t slice_count_of = 1;
template <works_by_slices Layer, shape In, class Fused, class T>
inline constexpr std::size_t slice_count_of<Layer, In, Fused, T> = Layer::template slice_count<In, Fused, T>();

}  // namespace strata::inline STRATA_ISA
