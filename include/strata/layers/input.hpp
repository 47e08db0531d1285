// Input: the shape of one sample, first in a model's list; not a layer.
#pragma once

#include <strata/core/config.hpp>
#include <strata/core/input_extent.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// `Input<28, 28, 1>`: each sample has this shape; the batch is never a part of it. Keras: `Input(shape)`.
template <input_extent... Extents>
struct Input {
    static constexpr bool is_model_input = true;
    static constexpr shape value{Extents.value...};
    static constexpr bool is_sizes = (Extents.is_size() && ...);
    static constexpr bool is_positive = ((Extents.value > 0) && ...);
};

}  // namespace strata::inline STRATA_ISA
