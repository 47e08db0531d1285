// scratch: memory that a layer needs while forward runs.
//
// Use it where forward needs more than its input and output. Write
//
//   template <class T> static constexpr std::size_t scratch(const shape& in)      elements of T for one thread
//
// and find that memory at `s.scratch`, with any contents, in forward, forward_slices, step and train_forward.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

template <class Layer>
concept needs_scratch = requires(const shape& in) { Layer::template scratch<float>(in); };

namespace detail {

constexpr std::size_t no_scratch(const shape&) { return 0; }

}  // namespace detail

/// The scratch of any layer: `scratch_of<T, Layer>(in)`.
template <class T, class Layer>
inline constexpr std::size_t (*scratch_of)(const shape& in) = &detail::no_scratch;
template <class T, needs_scratch Layer>
inline constexpr std::size_t (*scratch_of<T, Layer>)(const shape& in) = &Layer::template scratch<T>;

}  // namespace strata::inline STRATA_ISA
