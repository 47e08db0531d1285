// conv2d: direct convolution in register tiles of pixels by filters, with bias and activation in the epilogue.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The same convolution over an input that contains its padding.
constexpr conv2d_geometry without_padding(conv2d_geometry g) {
    for (sliding_axis* axis : {&g.height, &g.width}) {
        axis->input += axis->before + axis->after;
        axis->before = axis->after = 0;
    }
    return g;
}

/// Elements of scratch of conv2d_rows for `rows` output rows: a padded copy of their input, where there is padding.
template <class T>
constexpr std::size_t conv2d_scratch(const conv2d_geometry& g, std::size_t rows) {
    if (!g.is_padded()) return 0;
    return padded_rows(g.height, {0, rows}).size() * (g.width.before + g.width.input + g.width.after) * g.in_channels;
}
template <class T>
constexpr std::size_t conv2d_scratch(const conv2d_geometry& g) {
    return conv2d_scratch<T>(g, g.height.output);
}

/// padded = `rows` of the padded input. x points to input row in_begin.
template <conv2d_geometry G, class T>
void write_padding(const T* x, std::size_t in_begin, item_range rows, T* padded) {
    constexpr std::size_t row = G.width.input * G.in_channels, wide = without_padding(G).width.input * G.in_channels;
    constexpr std::size_t left = G.width.before * G.in_channels;
    for (std::size_t r = rows.begin; r < rows.end; ++r, padded += wide) {
        const std::size_t h = r - G.height.before;
        if (h >= G.height.input) {
            std::fill_n(padded, wide, T(0));
            continue;
        }
        std::fill_n(padded, left, T(0));
        std::copy_n(x + (h - in_begin) * row, row, padded + left);
        std::fill_n(padded + left + row, wide - left - row, T(0));
    }
}

/// The input of a register tile of pixels of one output row, from an input that contains its padding. With groups, g is
/// one group and a pixel holds the channels of all groups.
constexpr tile_input conv2d_input(const conv2d_geometry& g, std::size_t groups = 1) {
    const std::size_t pixel = g.in_channels * groups, row = g.width.input * pixel;
    const bool contiguous = g.width.dilation == 1 && groups == 1;
    return {.taps = g.height.kernel,
            .tap_step = g.height.dilation * row,
            .runs = contiguous ? 1 : g.width.kernel,
            .run_step = g.width.dilation * pixel,
            .length = contiguous ? g.width.kernel * pixel : g.in_channels,
            .row_step = g.width.stride * pixel};
}

/// The taps of output `o` along one axis that lie inside the input and not in its padding.
constexpr item_range taps_of(const sliding_axis& axis, std::size_t o) {
    const std::size_t begin = o * axis.stride, end = axis.before + axis.input;
    const auto reaching = [&](std::size_t position) {
        return position <= begin ? 0 : std::min((position - begin + axis.dilation - 1) / axis.dilation, axis.kernel);
    };
    return {.begin = reaching(axis.before), .end = reaching(end)};
}

/// The split of a row of outputs into register tiles.
template <conv2d_geometry G, class T>
inline constexpr tile_split conv2d_tiles = split(G.width.output, tile_rows(panel_vectors<T>(G.out_channels)));

/// Some tiles of output rows `out`, from an input x that contains its padding. x points to the first input that the
/// first tile reads, y to the first output of that tile. Rows of padding are skipped. With Groups, G is one group and a
/// pixel of x and y holds the channels of all groups.
template <conv2d_geometry G, class Activation, std::size_t Groups = 1, class T>
void conv2d_direct(const T* x, const T* weights, const T* bias, T* y, item_range out,
                   item_range tiles = {0, conv2d_tiles<G, T>.count()}) {
    constexpr conv2d_geometry P = without_padding(G);
    constexpr std::size_t NR = panel_vectors<T>(G.out_channels), width = NR * lanes<T>;
    constexpr std::size_t panel_count = (G.out_channels + width - 1) / width;
    constexpr std::size_t in_row = G.height.stride * P.width.input * G.in_channels * Groups;
    constexpr std::size_t pixel = G.out_channels * Groups, out_row = G.width.output * pixel, panel = G.depth() * width;
    constexpr bool panels_outer = panel_count * panel * sizeof(T) > streamed_weights;
    constexpr tile_input whole = conv2d_input(P, Groups);
    const std::size_t outer = panels_outer ? panel_count : out.size();
    const std::size_t inner = panels_outer ? out.size() : panel_count;
    for (std::size_t i = 0; i < outer; ++i)
        for (std::size_t j = 0; j < inner; ++j) {
            const std::size_t p = panels_outer ? i : j, row = panels_outer ? j : i;
            const item_range taps = taps_of(G.height, out.begin + row);
            tile_input in = whole;
            in.taps = taps.size();
            tiles_times_panel<G.width.output, NR, Activation>(
                in, x + row * in_row + taps.begin * whole.tap_step,
                weights + p * panel + taps.begin * whole.runs * whole.length * width,
                bias != nullptr ? bias + p * width : nullptr, y + row * out_row + p * width, pixel,
                std::min(width, G.out_channels - p * width), tiles);
        }
}

/// Whether the window is 1x1 without strides, so that the convolution is a matrix product over pixels.
constexpr bool is_pointwise(const conv2d_geometry& g) {
    return g.height.kernel == 1 && g.width.kernel == 1 && g.height.stride == 1 && g.width.stride == 1;
}

template <conv2d_geometry G, class T>
constexpr panels conv2d_panels() {
    return {.rows = G.depth(), .columns = G.out_channels, .width = panel_width<T>(G.out_channels)};
}

/// Output rows `out` of y (oh, ow, oc) = activation(convolution of x (ih, iw, ic) + bias). x points to input row
/// in_begin, y to output row out.begin; both are unpadded, of any alignment, and do not overlap. weights (kh kw ic, oc)
/// and bias are in panels of panel_width<T>(oc); bias may be null. scratch holds conv2d_scratch<T>(G, out.size())
/// elements.
template <conv2d_geometry G, class Activation, class T>
void conv2d_rows(const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y, item_range out,
                 [[maybe_unused]] T* scratch) {
    if constexpr (G.is_padded()) {
        write_padding<G>(x, in_begin, padded_rows(G.height, out), scratch);
        conv2d_direct<G, Activation>(scratch, weights, bias, y, out);
    } else {
        const T* from = x + (out.begin * G.height.stride - in_begin) * G.width.input * G.in_channels;
        if constexpr (is_pointwise(G))
            dense_rows<G.in_channels, G.out_channels, Activation>(out.size() * G.width.output, from, weights, bias, y);
        else conv2d_direct<G, Activation>(from, weights, bias, y, out);
    }
}

/// The input of output columns `out` of a map of one row: a pointer into x, or, where they read padding, a padded copy
/// in scratch.
template <conv2d_geometry G, class T>
const T* columns_with_padding(const T* x, item_range out, [[maybe_unused]] T* scratch) {
    constexpr std::size_t C = G.in_channels;
    const item_range padded = padded_rows(G.width, out), inside = rows_read(G.width, out);
    if (padded.size() == inside.size()) return x + inside.begin * C;
    const std::size_t left = inside.size() == 0 ? 0 : inside.begin + G.width.before - padded.begin;
    std::fill_n(scratch, left * C, T(0));
    std::copy(x + inside.begin * C, x + inside.end * C, scratch + left * C);
    std::fill(scratch + (left + inside.size()) * C, scratch + padded.size() * C, T(0));
    return scratch;
}

/// Some of the conv2d_tiles<G, T> tiles of a map of one row. x and y point to the start of the row. scratch holds
/// conv2d_scratch<T>(G) elements.
template <conv2d_geometry G, class Activation, class T>
void conv2d_row(const T* x, const T* weights, const T* bias, T* y, item_range tiles, T* scratch) {
    const item_range out = conv2d_tiles<G, T>.rows(tiles);
    const T* from = columns_with_padding<G>(x, out, scratch);
    y += out.begin * G.out_channels;
    if constexpr (is_pointwise(G))
        dense_rows<G.in_channels, G.out_channels, Activation>(out.size(), from, weights, bias, y);
    else conv2d_direct<G, Activation>(from, weights, bias, y, {0, 1}, tiles);
}

/// The whole map y (oh, ow, oc), as conv2d_rows; in constant evaluation by plain loops.
template <conv2d_geometry G, class Activation, class T>
constexpr void conv2d(const T* x, const T* weights, const T* bias, T* y, [[maybe_unused]] T* scratch) {
    if (std::is_constant_evaluated()) reference::conv2d<Activation>(G, conv2d_panels<G, T>(), x, weights, bias, y);
    else conv2d_rows<G, Activation>(x, 0, weights, bias, y, item_range{0, G.height.output}, scratch);
}

}  // namespace strata::inline STRATA_ISA::kernels
