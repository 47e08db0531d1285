// conv2d_transpose: a transposed convolution as one direct convolution for each phase of its outputs.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/window.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

// A transposed convolution is the data gradient of a convolution. G is that convolution: the input x has the shape of
// G's output (oh, ow, oc), the output y that of G's input (ih, iw, ic).

/// One axis of G for an input of `size`. Outputs as in Keras: size stride with padding `same`, size stride + max(span -
/// stride, 0) with `valid`.
constexpr sliding_axis transposed_axis(std::size_t size, int kernel, int stride, int apart, padding_mode mode) {
    const auto span = static_cast<std::size_t>((kernel - 1) * apart + 1), step = static_cast<std::size_t>(stride);
    const std::size_t more = mode == padding_mode::valid && span > step ? span - step : 0;
    return slide(size * step + more, kernel, stride, apart, mode);
}

/// A phase of one axis: outputs that are `stride` apart read the same taps of the kernel, namely phase, phase + stride,
/// ... The phase has `count` outputs, n = first, first + 1, ... Output n is at position n stride + phase - before. It
/// reads the inputs n - (taps - 1) apart, ..., n - apart, n, with the taps from the last to the first.
struct output_phase {
    std::size_t phase = 0;
    std::size_t taps = 0;
    std::size_t apart = 1;
    std::size_t first = 0;
    std::size_t count = 0;

    constexpr std::size_t reach() const { return taps == 0 ? 0 : (taps - 1) * apart; }
    /// The taps of output n that lie inside an input of `size`, numbered in the order of the inputs.
    constexpr item_range inside(std::size_t n, std::size_t size) const {
        item_range result;
        while (result.begin < taps && n + result.begin * apart < reach()) ++result.begin;
        result.end = result.begin;
        while (result.end < taps && n + result.end * apart < reach() + size) ++result.end;
        return result;
    }
};

constexpr output_phase output_phase_of(const sliding_axis& axis, std::size_t phase) {
    const auto reached = [&](std::size_t end) {  // outputs of this phase before position `end`, padding included
        return end <= phase ? 0 : (end - phase + axis.stride - 1) / axis.stride;
    };
    const std::size_t first = reached(axis.before);
    return {.phase = phase,
            .taps = phase < axis.kernel ? (axis.kernel - phase + axis.stride - 1) / axis.stride : 0,
            .apart = axis.dilation,
            .first = first,
            .count = reached(axis.before + axis.input) - first};
}

/// Columns of zeros that the phases read before and after each row of x.
struct row_padding {
    std::size_t before = 0;
    std::size_t after = 0;
};
constexpr row_padding transpose_padding(const conv2d_geometry& g) {
    row_padding result;
    for (std::size_t r = 0; r < g.width.stride; ++r) {
        const output_phase phase = output_phase_of(g.width, r);
        if (phase.taps == 0 || phase.count == 0) continue;
        const std::size_t end = phase.first + phase.count;
        result.before = std::max(result.before, std::max(phase.reach(), phase.first) - phase.first);
        result.after = std::max(result.after, std::max(end, g.width.output) - g.width.output);
    }
    return result;
}

/// The layout of the kernel, Keras' (kh, kw, filters, channels).
template <conv2d_geometry G, class T>
constexpr panels transpose_panels() {
    return {.rows = G.depth(), .columns = G.out_channels, .width = panel_width<T>(G.out_channels)};
}

/// The layout of the weights of one phase of both axes: rows (taps, taps, channels), columns filters.
template <conv2d_geometry G, class T>
constexpr panels phase_panels(const output_phase& h, const output_phase& w) {
    return {.rows = h.taps * w.taps * G.out_channels, .columns = G.in_channels, .width = panel_width<T>(G.in_channels)};
}

/// Elements of the weights of conv2d_transpose: the matrices of all phases, one after another.
template <conv2d_geometry G, class T>
constexpr std::size_t phase_weights_size() {
    const panels all{.rows = G.height.kernel * G.width.kernel * G.out_channels,
                     .columns = G.in_channels,
                     .width = panel_width<T>(G.in_channels)};
    return all.stored();
}

/// Packs weights for conv2d_transpose: one matrix for each phase. Writes this thread's share.
template <conv2d_geometry G, class T>
constexpr void pack_phase_weights(const T* weights, T* split, thread_slice part) {
    constexpr panels from = transpose_panels<G, T>();
    const item_range mine = part.of(G.height.stride * G.width.stride);
    for (std::size_t p = 0; p < mine.end; ++p) {
        const output_phase h = output_phase_of(G.height, p / G.width.stride);
        const output_phase w = output_phase_of(G.width, p % G.width.stride);
        const panels to = phase_panels<G, T>(h, w);
        if (p >= mine.begin) {
            for (std::size_t i = 0; i < to.stored(); ++i) split[i] = T(0);
            for (std::size_t i = 0; i < h.taps; ++i)
                for (std::size_t j = 0; j < w.taps; ++j) {
                    const std::size_t kh = h.phase + (h.taps - 1 - i) * G.height.stride;
                    const std::size_t kw = w.phase + (w.taps - 1 - j) * G.width.stride;
                    for (std::size_t c = 0; c < G.out_channels; ++c)
                        for (std::size_t f = 0; f < G.in_channels; ++f)
                            split[to.offset((i * w.taps + j) * G.out_channels + c, f)] =
                                weights[from.offset((kh * G.width.kernel + kw) * G.in_channels + f, c)];
                }
        }
        split += to.stored();
    }
}

/// Elements of scratch of conv2d_transpose: x with columns of zeros before and after its rows.
template <class T>
constexpr std::size_t conv2d_transpose_scratch(const conv2d_geometry& g) {
    const row_padding padding = transpose_padding(g);
    const std::size_t columns = padding.before + padding.after;
    return columns == 0 ? 0 : g.height.output * (g.width.output + columns) * g.out_channels;
}

/// A part of the map. height and width are the axes restricted to its outputs. The input of the part starts at row
/// in_begin and column in_column of x with its columns of zeros, and has in_row elements a row.
struct transpose_part {
    sliding_axis height{};
    sliding_axis width{};
    std::size_t in_begin = 0;
    std::size_t in_column = 0;
    std::size_t in_row = 0;
};

/// The outputs of one phase of a part. h and w are phases of its axes. x points to the first input of the part, y to
/// its first output.
template <conv2d_geometry G, class Activation, class T>
void conv2d_transpose_phase(const output_phase& h, const output_phase& w, const transpose_part& part, const T* x,
                            const T* weights, const T* bias, T* y) {
    constexpr std::size_t F = G.in_channels, C = G.out_channels, NR = panel_vectors<T>(F), width = NR * lanes<T>;
    constexpr std::size_t panel_count = (F + width - 1) / width;
    const std::size_t panel = h.taps * w.taps * C * width;
    const bool contiguous = w.apart == 1;
    const tile_input whole{.tap_step = h.apart * part.in_row,
                           .runs = contiguous ? 1 : w.taps,
                           .run_step = w.apart * C,
                           .length = contiguous ? w.taps * C : C,
                           .row_step = C};
    const bool panels_outer = panel_count * panel * sizeof(T) > streamed_weights;
    const std::size_t outer = panels_outer ? panel_count : h.count, inner = panels_outer ? h.count : panel_count;
    for (std::size_t i = 0; i < outer; ++i)
        for (std::size_t j = 0; j < inner; ++j) {
            const std::size_t p = panels_outer ? i : j, n = h.first + (panels_outer ? j : i);
            const item_range taps = w.taps == 0 ? item_range{} : h.inside(n, G.height.output);
            tile_input in = whole;
            in.taps = taps.size();
            const T* from = x;
            if (taps.size() > 0)
                from += (n + taps.begin * h.apart - h.reach() - part.in_begin) * part.in_row +
                        (w.first + transpose_padding(G).before - w.reach() - part.in_column) * C;
            T* to = y + ((n * G.height.stride + h.phase - part.height.before) * part.width.input +
                         w.first * G.width.stride + w.phase - part.width.before) *
                            F;
            any_rows_times_panel<NR, Activation>(in, w.count, from,
                                                 weights + p * panel + taps.begin * w.taps * C * width,
                                                 bias != nullptr ? bias + p * width : nullptr, to + p * width,
                                                 G.width.stride * F, std::min(width, F - p * width));
        }
}

/// A part of y (ih, iw, filters) = activation(transposed convolution of x (oh, ow, channels) + bias): whole rows, or
/// pixels of a map of one row. The axes are restricted to the part. x is the whole input, y points to the first output
/// of the part; they do not overlap and need no alignment. `split` is the output of pack_phase_weights. bias is in
/// panels of panel_width<T>(filters) and may be null. scratch holds conv2d_transpose_scratch<T>(G) elements.
template <conv2d_geometry G, class Activation, class T>
void conv2d_transpose(const sliding_axis& height, const sliding_axis& width, const T* x, const T* split, const T* bias,
                      T* y, [[maybe_unused]] T* scratch) {
    constexpr row_padding padding = transpose_padding(G);
    constexpr std::size_t C = G.out_channels, row = G.width.output * C;
    transpose_part part{.height = height, .width = width, .in_row = row};
    if constexpr (padding.before + padding.after > 0) {
        // The axis of the input with its columns of zeros.
        sliding_axis padded = width;
        padded.before += padding.before * G.width.stride;
        padded.output += padding.before + padding.after;
        const item_range rows = outputs_reading(height), columns = outputs_reading(padded);
        const item_range inside{std::clamp(columns.begin, padding.before, padding.before + G.width.output),
                                std::clamp(columns.end, padding.before, padding.before + G.width.output)};
        part.in_begin = rows.begin;
        part.in_column = columns.begin;
        part.in_row = columns.size() * C;
        T* to = scratch;
        for (std::size_t h = rows.begin; h < rows.end; ++h) {
            to = std::fill_n(to, (inside.begin - columns.begin) * C, T(0));
            to = std::copy_n(x + h * row + (inside.begin - padding.before) * C, inside.size() * C, to);
            to = std::fill_n(to, (columns.end - inside.end) * C, T(0));
        }
        x = scratch;
    }
    for (std::size_t p = 0; p < G.height.stride * G.width.stride; ++p) {
        const output_phase h = output_phase_of(height, p / G.width.stride);
        const output_phase w = output_phase_of(width, p % G.width.stride);
        conv2d_transpose_phase<G, Activation>(h, w, part, x, split, bias, y);
        split += phase_panels<G, T>(h, w).stored();
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
