// Input: the shape of one sample, first in a model's list; not a layer.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/input_extent.hpp>
#include <strata/core/shape.hpp>

namespace strata::inline STRATA_ISA {

/// `Input<28, 28, 1>`: each sample has this shape; the batch is never a part of it. `Input<any, 3>`: steps of 3 values,
/// for streams alone, which take any number of them; the shape has one step. Keras: `Input(shape)`.
template <input_extent... Extents>
struct Input {
    static constexpr bool is_model_input = true;
    static constexpr shape value{(Extents.is_open() ? 1 : Extents.value)...};
    static constexpr bool is_sizes = (Extents.is_size() && ...);
    static constexpr bool is_positive = ((Extents.value > 0 || Extents.is_open()) && ...);
    /// Whether the number of steps is open, and whether anything else is.
    static constexpr bool is_open = std::array{Extents.is_open()..., false}[0];
    static constexpr bool is_open_elsewhere = (std::size_t{0} + ... + (Extents.is_open() ? 1u : 0u)) >
                                              (is_open ? 1u : 0u);
};

}  // namespace strata::inline STRATA_ISA
