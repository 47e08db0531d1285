// conv2d_pooled: direct convolution with max pooling, bias and activation in the epilogue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Whether a max pooling can be fused into a convolution's epilogue. Its windows must tile the map: stride equal to
/// kernel, at most 4, no padding, no dilation.
constexpr bool fuses(const conv2d_geometry& conv, const pool2d_geometry& pool) {
    const auto fits = [](const sliding_axis& axis) {
        return axis.before + axis.after == 0 && axis.stride == axis.kernel && axis.dilation == 1 && axis.kernel <= 4;
    };
    return fits(pool.height) && fits(pool.width) && pool.channels == conv.out_channels;
}

/// The rows of the convolution's map that the pooled rows `out` read.
constexpr item_range pooled_map_rows(const pool2d_geometry& p, item_range out) {
    return {.begin = out.begin * p.height.kernel, .end = out.end * p.height.kernel};
}

/// The input of a pooled tile: a row of its pixels, and the elements between rows of the pooling window.
struct pooled_input {
    tile_input row{};
    std::size_t window_step = 0;
};

/// y (MP pooled pixels, `columns` of a panel) = activation(max pooling of the convolution + bias). Each of the PH rows
/// of a pooling window is a register tile of MP PW pixels, whose maximum is taken in registers. Bias and activation
/// follow the maximum: neither decreases, so the result is the same. Pixels of y lie out_step elements apart.
template <std::size_t MP, std::size_t PH, std::size_t PW, std::size_t NR, class Activation, class T>
STRATA_NOINLINE void pooled_tile(pooled_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                                 std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> best[MP][NR];
    for (std::size_t ph = 0; ph < PH; ++ph) {
        simd<T> sums[MP * PW][NR];
        STRATA_UNROLL
        for (std::size_t m = 0; m < MP * PW; ++m) {
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) sums[m][n] = broadcast(T(0));
        }
        multiply_accumulate<MP * PW, NR>(in.row, x + ph * in.window_step, w, sums);
        STRATA_UNROLL
        for (std::size_t m = 0; m < MP; ++m) {
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) {
                simd<T> value = sums[m * PW][n];
                STRATA_UNROLL
                for (std::size_t q = 1; q < PW; ++q) value = maximum(value, sums[m * PW + q][n]);
                best[m][n] = ph == 0 ? value : maximum(best[m][n], value);
            }
        }
    }
    STRATA_UNROLL
    for (std::size_t m = 0; m < MP; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n)
            if (columns > n * L) {
                const simd<T> offset = bias != nullptr ? load(bias + n * L) : broadcast(T(0));
                store_partial<T>(y + m * out_step + n * L, Activation::apply(best[m][n] + offset),
                                 std::min(columns - n * L, L));
            }
    }
}

/// The split of a pooled row into tiles.
template <pool2d_geometry P, class T>
inline constexpr tile_split pooled_tiles =
    split(P.width.output, std::max<std::size_t>(1, tile_rows(panel_vectors<T>(P.channels)) / P.width.kernel));

/// Some tiles of `rows` pooled rows. G has no padding. x points to the first input pixel of the first tile, y to its
/// output.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
void conv2d_pooled(const T* x, const T* weights, const T* bias, T* y, std::size_t rows, item_range tiles) {
    constexpr std::size_t NR = panel_vectors<T>(G.out_channels), width = NR * lanes<T>;
    constexpr std::size_t panel_count = (G.out_channels + width - 1) / width, panel = G.depth() * width;
    constexpr std::size_t PH = P.height.kernel, PW = P.width.kernel;
    constexpr std::size_t in_row = G.height.stride * G.width.input * G.in_channels;
    constexpr pooled_input in{.row = conv2d_input(G), .window_step = in_row};
    constexpr tile_split s = pooled_tiles<P, T>;
    for (std::size_t oh = 0; oh < rows; ++oh)
        for (std::size_t p = 0; p < panel_count; ++p) {
            const T* b = bias != nullptr ? bias + p * width : nullptr;
            const T* from = x + oh * PH * in_row;
            T* to = y + oh * P.width.output * G.out_channels + p * width;
            const std::size_t columns = std::min(width, G.out_channels - p * width);
            std::size_t t = tiles.begin;
            for (; t < std::min(tiles.end, s.big_count);
                 ++t, from += s.big * PW * in.row.row_step, to += s.big * G.out_channels)
                pooled_tile<s.big, PH, PW, NR, Activation>(in, from, weights + p * panel, b, to, G.out_channels,
                                                           columns);
            if constexpr (s.small_count > 0)
                for (; t < tiles.end;
                     ++t, from += (s.big - 1) * PW * in.row.row_step, to += (s.big - 1) * G.out_channels)
                    pooled_tile<s.big - 1, PH, PW, NR, Activation>(in, from, weights + p * panel, b, to, G.out_channels,
                                                                   columns);
        }
}

/// Elements of scratch of conv2d_max_pooling_rows for `rows` pooled rows: their input with its padding.
template <class T>
constexpr std::size_t conv2d_pooled_scratch(const conv2d_geometry& g, const pool2d_geometry& p, std::size_t rows) {
    return conv2d_scratch<T>(g, rows * p.height.kernel);
}

/// Pooled rows `out` of conv2d_rows followed by a max pooling P for which `fuses` holds. Rows and pixels of the
/// convolution that no window covers are not computed. Activation never decreases (is_monotone). scratch holds
/// conv2d_pooled_scratch<T>(G, P, out.size()) elements. Weights, padding and tail are those of conv2d_rows.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
void conv2d_max_pooling_rows(const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y, item_range out,
                             [[maybe_unused]] T* scratch) {
    const item_range map = pooled_map_rows(P, out), tiles{0, pooled_tiles<P, T>.count()};
    if constexpr (G.is_padded()) {
        write_padding<G>(x, in_begin, padded_rows(G.height, map), scratch);
        conv2d_pooled<without_padding(G), P, Activation>(scratch, weights, bias, y, out.size(), tiles);
    } else {
        const T* from = x + (map.begin * G.height.stride - in_begin) * G.width.input * G.in_channels;
        conv2d_pooled<G, P, Activation>(from, weights, bias, y, out.size(), tiles);
    }
}

/// Some of the pooled_tiles<P, T> tiles of a pooled map of one row. x and y point to the start of the row. scratch
/// holds conv2d_pooled_scratch<T>(G, P, 1) elements.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
void conv2d_max_pooling_row(const T* x, const T* weights, const T* bias, T* y, item_range tiles, T* scratch) {
    const item_range out = pooled_tiles<P, T>.rows(tiles);
    const T* from = columns_with_padding<G>(x, {out.begin * P.width.kernel, out.end * P.width.kernel}, scratch);
    conv2d_pooled<without_padding(G), P, Activation>(from, weights, bias, y + out.begin * P.channels, 1, tiles);
}

/// The whole pooled map y (P.oh, P.ow, oc); in constant evaluation by plain loops.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
constexpr void conv2d_max_pooling(const T* x, const T* weights, const T* bias, T* y, [[maybe_unused]] T* scratch) {
    if (std::is_constant_evaluated()) {
        T* map = new T[G.out_size()]{};
        reference::conv2d<Activation>(G, conv2d_panels<G, T>(), x, weights, bias, map);
        reference::max_pooling2d(P, map, y);
        delete[] map;
    } else {
        conv2d_max_pooling_rows<G, P, Activation>(x, 0, weights, bias, y, item_range{0, P.height.output}, scratch);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
