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

/// Elements of scratch of any layer.
template <class T, class Layer>
constexpr std::size_t scratch_of([[maybe_unused]] const shape& in) {
    if constexpr (needs_scratch<Layer>) return Layer::template scratch<T>(in);
    else return 0;
}

}  // namespace strata::inline STRATA_ISA
