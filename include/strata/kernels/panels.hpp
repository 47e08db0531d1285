// panels: how a weight matrix lies in memory for the kernels.
#pragma once

#include <cstddef>

namespace strata::kernels {

/// A matrix of `rows` x `columns` stored as ceil(columns / width) panels of [rows][width], columns padded with zeros.
/// Keras order is [rows][columns]; a convolution's rows are kh kw ic. Width 0: stored as in Keras, without padding.
struct panels {
    std::size_t rows = 1;
    std::size_t columns = 1;
    std::size_t width = 0;

    constexpr std::size_t count() const { return width == 0 ? 1 : (columns + width - 1) / width; }
    /// Elements in memory, padding included.
    constexpr std::size_t stored() const { return width == 0 ? rows * columns : count() * rows * width; }
    constexpr std::size_t offset(std::size_t row, std::size_t column) const {
        if (width == 0) return row * columns + column;
        return (column / width) * rows * width + row * width + column % width;
    }
    friend constexpr bool operator==(const panels&, const panels&) = default;
};

}  // namespace strata::kernels
