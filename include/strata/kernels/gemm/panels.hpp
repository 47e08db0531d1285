// panels: the memory layout of weight matrices.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A matrix (rows, columns) stored as ceil(columns / width) panels of [rows][width]. Columns of the last panel are
/// padded with zeros. Keras' order is [rows][columns]; the rows of a convolution are kh kw ic. Width 0: stored as in
/// Keras, without padding. With groups, the columns are split into equal groups, each stored as a matrix of its own.
struct panels {
    std::size_t rows = 1;
    std::size_t columns = 1;
    std::size_t width = 0;
    std::size_t groups = 1;

    constexpr std::size_t count() const { return width == 0 ? 1 : groups * count_of_group(); }
    /// Elements in memory, with the padding.
    constexpr std::size_t stored() const { return width == 0 ? rows * columns : count() * rows * width; }
    constexpr std::size_t offset(std::size_t row, std::size_t column) const {
        if (width == 0) return row * columns + column;
        const std::size_t share = columns / groups, within = column % share;
        return (column / share * count_of_group() + within / width) * rows * width + row * width + within % width;
    }
    friend constexpr bool operator==(const panels&, const panels&) = default;

private:
    constexpr std::size_t count_of_group() const { return (columns / groups + width - 1) / width; }
};

}  // namespace strata::inline STRATA_ISA::kernels
