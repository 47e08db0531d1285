// pooling: maximum and average of windows and of whole maps, vectorised over channels. The folder holds poolings and
// their gradients. Maps are (height, width, channels), unpadded, of any alignment; no kernel needs scratch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The reduction of a max pooling: NaN where a cell is NaN.
struct take_max {
    template <class V>
    static STRATA_INLINE V combine(V a, V b) {
        return maximum(a, b);
    }
    template <class V, class T>
    static STRATA_INLINE V finish(V sum, T) {
        return sum;
    }
};
/// The reduction of an average pooling: the sum divided by the number of cells inside the input.
struct take_mean {
    template <class V>
    static STRATA_INLINE V combine(V a, V b) {
        return a + b;
    }
    template <class V, class T>
    static STRATA_INLINE V finish(V sum, T count) {
        return sum / V(count);
    }
};

/// A grid of cells of a map (height, width, channels): cells of a row lie column_step elements apart, rows row_step.
struct cell_block {
    std::size_t rows = 1;
    std::size_t columns = 1;
    std::size_t row_step = 0;
    std::size_t column_step = 1;
    std::size_t channels = 1;
};

/// y (channels) = the Reduction of the cells of a block; x points to its first cell. The tail is loaded and stored in
/// part.
template <class Reduction, class T>
STRATA_INLINE void reduce_cells(const T* x, const cell_block& block, T* y) {
    constexpr std::size_t L = lanes<T>;
    const auto [rows, columns, row_step, column_step, channels] = block;
    for (std::size_t c = 0; c < channels; c += L) {
        const std::size_t n = std::min(L, channels - c);
        simd<T> total = load_partial(x + c, n);
        for (std::size_t i = 1; i < columns; ++i)
            total = Reduction::combine(total, load_partial(x + i * column_step + c, n));
        for (std::size_t r = 1; r < rows; ++r)
            for (std::size_t i = 0; i < columns; ++i)
                total = Reduction::combine(total, load_partial(x + r * row_step + i * column_step + c, n));
        store_partial<T>(y + c, Reduction::finish(total, static_cast<T>(rows * columns)), n);
    }
}

/// Positions of the input along one axis, `dilation` apart: the first one, and their number.
struct cell_range {
    std::size_t begin = 0;
    std::size_t count = 0;
};
/// The positions inside the input that output `o` reads.
constexpr cell_range cells_of(const sliding_axis& axis, std::size_t o) {
    const std::size_t begin = o * axis.stride, apart = axis.dilation;
    const std::size_t skipped = begin < axis.before ? (axis.before - begin + apart - 1) / apart : 0;
    const std::size_t first = begin + skipped * apart - axis.before;
    const std::size_t fitting = first < axis.input ? (axis.input - first + apart - 1) / apart : 0;
    return {.begin = first, .count = std::min(axis.kernel - std::min(skipped, axis.kernel), fitting)};
}

/// Output rows `out` of a pooling. x points to input row in_begin, y to output row out.begin.
template <class Reduction, class T>
void pool2d_rows(const pool2d_geometry& g, const T* x, std::size_t in_begin, T* y, item_range out) {
    const std::size_t row = g.width.input * g.channels;
    for (std::size_t oh = out.begin; oh < out.end; ++oh) {
        const cell_range h = cells_of(g.height, oh);
        for (std::size_t ow = 0; ow < g.width.output; ++ow, y += g.channels) {
            const cell_range w = cells_of(g.width, ow);
            reduce_cells<Reduction>(
                x + (h.begin - in_begin) * row + w.begin * g.channels,
                {h.count, w.count, row * g.height.dilation, g.channels * g.width.dilation, g.channels}, y);
        }
    }
}

/// y (oh, ow, channels) = the maximum of each window of x (ih, iw, channels). Padding does not count. y does not
/// overlap x.
template <pool2d_geometry P, class T>
constexpr void max_pooling2d(const T* x, T* y) {
    if (std::is_constant_evaluated()) reference::max_pooling2d(P, x, y);
    else pool2d_rows<take_max>(P, x, 0, y, {0, P.height.output});
}

/// y (oh, ow, channels) = the mean of the cells of each window that lie inside x (ih, iw, channels). y does not overlap
/// x.
template <pool2d_geometry P, class T>
constexpr void average_pooling2d(const T* x, T* y) {
    if (std::is_constant_evaluated()) reference::average_pooling2d(P, x, y);
    else pool2d_rows<take_mean>(P, x, 0, y, {0, P.height.output});
}

/// y (Channels) = the maximum over the rows of x (Rows, Channels).
template <std::size_t Rows, std::size_t Channels, class T>
constexpr void global_max_pooling(const T* x, T* y) {
    if (std::is_constant_evaluated()) reference::global_max_pooling(Rows, Channels, x, y);
    else reduce_cells<take_max>(x, {.columns = Rows, .column_step = Channels, .channels = Channels}, y);
}

/// y (Channels) = the mean over the rows of x (Rows, Channels).
template <std::size_t Rows, std::size_t Channels, class T>
constexpr void global_average_pooling(const T* x, T* y) {
    if (std::is_constant_evaluated()) reference::global_average_pooling(Rows, Channels, x, y);
    else reduce_cells<take_mean>(x, {.columns = Rows, .column_step = Channels, .channels = Channels}, y);
}

}  // namespace strata::inline STRATA_ISA::kernels
