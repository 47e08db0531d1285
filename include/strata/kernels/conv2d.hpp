// conv2d: direct convolution in register tiles of pixels by channels, with bias, activation and max pooling in the
// epilogue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/team_part.hpp>
#include <strata/kernels/dense.hpp>
#include <strata/kernels/geometry.hpp>
#include <strata/kernels/math.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/pooling.hpp>
#include <strata/kernels/reference.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/tile.hpp>

namespace strata::kernels {

/// The same convolution over an input with its padding written out.
constexpr conv2d_geometry without_padding(conv2d_geometry g) {
    for (sliding_axis* axis : {&g.height, &g.width}) {
        axis->input += axis->before + axis->after;
        axis->before = axis->after = 0;
    }
    return g;
}

/// Whether a max pooling can run in a convolution's epilogue: its windows touch each other without gaps or padding and
/// a tile holds at least two of them.
constexpr bool fuses(const conv2d_geometry& conv, const pool2d_geometry& pool) {
    const auto fits = [](const sliding_axis& axis) {
        return axis.before + axis.after == 0 && axis.stride == axis.kernel && axis.dilation == 1 && axis.kernel <= 4;
    };
    return fits(pool.height) && fits(pool.width) && pool.channels == conv.out_channels;
}

inline namespace STRATA_ISA {

/// Elements of scratch that conv2d and conv2d_max_pooling want: a copy of the input with its padding, where there is
/// any.
template <class T>
constexpr std::size_t conv2d_scratch(const conv2d_geometry& g) {
    return g.is_padded() ? without_padding(g).in_size() : 0;
}

/// Copies x (ih, iw, ic) into the middle of a zeroed map.
template <conv2d_geometry G, class T>
void write_padding(const T* x, T* padded) {
    constexpr std::size_t row = G.width.input * G.in_channels, wide = without_padding(G).width.input * G.in_channels;
    constexpr std::size_t left = G.width.before * G.in_channels;
    std::fill_n(padded, G.height.before * wide, T(0));
    padded += G.height.before * wide;
    for (std::size_t h = 0; h < G.height.input; ++h, x += row, padded += wide) {
        std::fill_n(padded, left, T(0));
        std::copy_n(x, row, padded + left);
        std::fill_n(padded + left + row, wide - left - row, T(0));
    }
    std::fill_n(padded, G.height.after * wide, T(0));
}

/// How a tile of pixels of one output row reads an unpadded input.
constexpr tile_input conv2d_input(const conv2d_geometry& g) {
    const std::size_t row = g.width.input * g.in_channels, pixel = g.in_channels;
    const bool contiguous = g.width.dilation == 1;
    return {.taps = g.height.kernel,
            .tap_step = g.height.dilation * row,
            .runs = contiguous ? 1 : g.width.kernel,
            .run_step = g.width.dilation * pixel,
            .length = contiguous ? g.width.kernel * pixel : pixel,
            .row_step = g.width.stride * pixel};
}

/// Weights above this stay in L2 only a panel at a time: the panel becomes the outer loop. In bytes.
inline constexpr std::size_t streamed_weights = std::size_t{512} << 10;

/// The taps of a window's axis that meet the input, not its padding, for output number `o`.
constexpr item_range taps_of(const sliding_axis& axis, std::size_t o) {
    const std::size_t begin = o * axis.stride, end = axis.before + axis.input;
    const auto reaching = [&](std::size_t position) {
        return position <= begin ? 0 : std::min((position - begin + axis.dilation - 1) / axis.dilation, axis.kernel);
    };
    return {.begin = reaching(axis.before), .end = reaching(end)};
}

/// x holds the input with its padding written out. Rows of the padding are not multiplied.
template <conv2d_geometry G, class Activation, class T>
void conv2d_direct(const T* x, const T* weights, const T* bias, T* y) {
    constexpr conv2d_geometry P = without_padding(G);
    constexpr std::size_t NR = panel_vectors<T>(G.out_channels), width = NR * lanes<T>;
    constexpr std::size_t panel_count = (G.out_channels + width - 1) / width;
    constexpr std::size_t in_row = G.height.stride * P.width.input * G.in_channels;
    constexpr std::size_t out_row = G.width.output * G.out_channels, panel = G.depth() * width;
    constexpr bool panels_outside = panel_count * panel * sizeof(T) > streamed_weights;
    constexpr std::size_t outer = panels_outside ? panel_count : G.height.output;
    constexpr std::size_t inner = panels_outside ? G.height.output : panel_count;
    constexpr tile_input whole = conv2d_input(P);
    for (std::size_t i = 0; i < outer; ++i)
        for (std::size_t j = 0; j < inner; ++j) {
            const std::size_t p = panels_outside ? i : j, oh = panels_outside ? j : i;
            const item_range taps = taps_of(G.height, oh);
            tile_input in = whole;
            in.taps = taps.size();
            rows_times_panel<G.width.output, NR, Activation>(
                in, x + oh * in_row + taps.begin * whole.tap_step,
                weights + p * panel + taps.begin * whole.runs * whole.length * width,
                bias != nullptr ? bias + p * width : nullptr, y + oh * out_row + p * width, G.out_channels,
                std::min(width, G.out_channels - p * width));
        }
}

/// A pooled tile: MP pooled pixels of one panel; each of the PH rows of the window is a tile of MP PW pixels, reduced
/// in registers. Bias and activation come after the maximum: both do not fall.
template <std::size_t MP, std::size_t PH, std::size_t PW, std::size_t NR, class Activation, class T>
STRATA_NOINLINE void pooled_tile(tile_input in, std::size_t window_row, const T* x, const T* w, const T* bias, T* y,
                                 std::size_t out_step, std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> best[MP][NR];
    for (std::size_t ph = 0; ph < PH; ++ph) {
        simd<T> sums[MP * PW][NR];
        STRATA_UNROLL
        for (std::size_t m = 0; m < MP * PW; ++m) {
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) sums[m][n] = broadcast(T(0));
        }
        multiply_accumulate<MP * PW, NR>(in, x + ph * window_row, w, sums);
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

/// G has no padding here.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
void conv2d_pooled(const T* x, const T* weights, const T* bias, T* y) {
    constexpr std::size_t NR = panel_vectors<T>(G.out_channels), width = NR * lanes<T>;
    constexpr std::size_t panel_count = (G.out_channels + width - 1) / width, panel = G.depth() * width;
    constexpr std::size_t PH = P.height.kernel, PW = P.width.kernel;
    constexpr std::size_t in_row = G.height.stride * G.width.input * G.in_channels;
    constexpr tile_input in = conv2d_input(G);
    constexpr tile_split s = split(P.width.output, std::max<std::size_t>(1, tile_rows(NR) / PW));
    for (std::size_t oh = 0; oh < P.height.output; ++oh)
        for (std::size_t p = 0; p < panel_count; ++p) {
            const T* b = bias != nullptr ? bias + p * width : nullptr;
            const T* from = x + oh * PH * in_row;
            T* to = y + oh * P.width.output * G.out_channels + p * width;
            const std::size_t columns = std::min(width, G.out_channels - p * width);
            for (std::size_t t = 0; t < s.big_count;
                 ++t, from += s.big * PW * in.row_step, to += s.big * G.out_channels)
                pooled_tile<s.big, PH, PW, NR, Activation>(in, in_row, from, weights + p * panel, b, to, G.out_channels,
                                                           columns);
            if constexpr (s.small_count > 0)
                for (std::size_t t = 0; t < s.small_count;
                     ++t, from += (s.big - 1) * PW * in.row_step, to += (s.big - 1) * G.out_channels)
                    pooled_tile<s.big - 1, PH, PW, NR, Activation>(in, in_row, from, weights + p * panel, b, to,
                                                                   G.out_channels, columns);
        }
}

template <conv2d_geometry G, class T>
constexpr panels conv2d_panels() {
    return {.rows = G.depth(), .columns = G.out_channels, .width = panel_width<T>(G.out_channels)};
}

/// y (oh, ow, oc) = activation(convolution of x (ih, iw, ic) + bias). weights (kh kw ic, oc) and bias lie in panels of
/// panel_width<T>(oc); bias may be null; x and y are unpadded; scratch holds conv2d_scratch<T>(G) elements.
template <conv2d_geometry G, class Activation, class T>
constexpr void conv2d(const T* x, const T* weights, const T* bias, T* y, [[maybe_unused]] T* scratch) {
    if (std::is_constant_evaluated()) {
        reference::conv2d<Activation>(G, conv2d_panels<G, T>(), x, weights, bias, y);
    } else if constexpr (G.is_padded()) {
        write_padding<G>(x, scratch);
        conv2d_direct<G, Activation>(static_cast<const T*>(scratch), weights, bias, y);
    } else if constexpr (G.height.kernel == 1 && G.width.kernel == 1 && G.height.stride == 1 && G.width.stride == 1) {
        dense_vectorised<G.height.output * G.width.output, G.in_channels, G.out_channels, Activation>(x, weights, bias,
                                                                                                      y);
    } else {
        conv2d_direct<G, Activation>(x, weights, bias, y);
    }
}

/// conv2d followed by a max pooling P that `fuses`: y (P.oh, P.ow, oc). Rows and pixels that the pooling drops are
/// never computed. Activation does not fall.
template <conv2d_geometry G, pool2d_geometry P, class Activation, class T>
constexpr void conv2d_max_pooling(const T* x, const T* weights, const T* bias, T* y, [[maybe_unused]] T* scratch) {
    if (std::is_constant_evaluated()) {
        T* map = new T[G.out_size()]{};
        reference::conv2d<Activation>(G, conv2d_panels<G, T>(), x, weights, bias, map);
        reference::max_pooling2d(P, map, y);
        delete[] map;
    } else if constexpr (G.is_padded()) {
        write_padding<G>(x, scratch);
        conv2d_pooled<without_padding(G), P, Activation>(static_cast<const T*>(scratch), weights, bias, y);
    } else {
        conv2d_pooled<G, P, Activation>(x, weights, bias, y);
    }
}

}  // namespace STRATA_ISA
}  // namespace strata::kernels
