// Input: the shape of one sample, first in a model's list; not a layer.
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// `Input<28, 28, 1>`: each sample has this shape; the batch is never a part of it. Keras: `Input(shape)`.
template <int... Extents>
struct Input {
    static constexpr bool is_model_input = true;
    static constexpr shape value{Extents...};
    static constexpr bool is_positive = ((Extents > 0) && ...);
};

}  // namespace strata::inline STRATA_ISA
