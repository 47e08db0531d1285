// depthwise: depthwise convolution in register tiles of output rows by pixels, vectorised over channels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/reference/reference_depthwise.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The parameters of a depthwise tile: the window and the channels of a pixel. Layers with equal parameters share the
/// compiled tiles.
struct depthwise_window {
    std::size_t channels = 1;
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t stride_height = 1;
    std::size_t stride_width = 1;
    std::size_t dilation_height = 1;
    std::size_t dilation_width = 1;
    bool mirrored = false;  // taps from the last to the first

    constexpr std::size_t span_height() const { return (height - 1) * dilation_height + 1; }
    constexpr std::size_t span_width() const { return (width - 1) * dilation_width + 1; }
    constexpr std::size_t tap(std::size_t kh, std::size_t kw) const {
        return mirrored ? height * width - 1 - kh * width - kw : kh * width + kw;
    }
    friend constexpr bool operator==(const depthwise_window&, const depthwise_window&) = default;
};

constexpr depthwise_window window_of(const depthwise_geometry& g, bool mirrored = false) {
    return {.channels = g.out_channels(),
            .height = g.height.kernel,
            .width = g.width.kernel,
            .stride_height = g.height.stride,
            .stride_width = g.width.stride,
            .dilation_height = g.height.dilation,
            .dilation_width = g.width.dilation,
            .mirrored = mirrored};
}

/// The same convolution over an input with each channel repeated `multiplier` times, so that each output channel has an
/// input channel of its own.
constexpr depthwise_geometry repeated(depthwise_geometry g) {
    g.channels *= g.multiplier;
    g.multiplier = 1;
    return g;
}

/// Output rows and pixels of the largest register tile. One input value feeds the taps of all outputs that read it. The
/// accumulators, the weights of these window rows and one input value fill the registers. Rows 0: the window is too
/// large to unroll, and pixels are computed one by one.
struct depthwise_tiles {
    std::size_t rows = 0;
    std::size_t pixels = 0;
};
constexpr depthwise_tiles depthwise_tiles_of(const depthwise_window& w, std::size_t out_rows) {
    if (w.width > 9 || w.height * w.width > 49) return {};
    if (vector_registers == 32) return out_rows == 1 ? depthwise_tiles{1, 12} : depthwise_tiles{2, 6};
    if (w.width <= 3 && out_rows > 1) return {2, 4};
    return {1, 6};
}

/// The start of the next block of Size items after the one at `begin`. The last block ends at `end` and may overlap the
/// block before it. Where `end` is less than Size there is one block.
template <std::size_t Size>
constexpr std::size_t next_block(std::size_t begin, std::size_t end) {
    return begin + Size < end ? std::min(begin + Size, end - Size) : end;
}

/// A vector of channels: a whole one, or a partial one where a pixel has fewer channels than lanes.
template <std::size_t Channels, class T>
STRATA_INLINE simd<T> load_channels(const T* p) {
    if constexpr (Channels < lanes<T>) return load_partial(p, Channels);
    else return load(p);
}
template <std::size_t Channels, class T>
STRATA_INLINE void store_channels(T* p, simd<T> value) {
    if constexpr (Channels < lanes<T>) store_partial<T>(p, value, Channels);
    else store<T>(p, value);
}

/// A register tile: R rows by P pixels of y, all channels. The last vector of channels overlaps the one before it. Of
/// the input rows of the tile, those in `inside` are read; the others are padding. Of its input columns, the first Left
/// and the last Right are padding. x points to the first cell that is read. in_row and out_row are the elements of a
/// row. The function is long because its loops must share the accumulators in registers.
template <depthwise_window W, std::size_t R, std::size_t P, std::size_t Left, std::size_t Right, class Activation,
          class T>
STRATA_NOINLINE void depthwise_tile(item_range inside, std::size_t in_row, const T* x, const T* weights, const T* bias,
                                    T* y, std::size_t out_row) {
    constexpr std::size_t L = lanes<T>, C = W.channels;
    constexpr std::size_t rows = (R - 1) * W.stride_height + W.span_height();
    constexpr std::size_t columns = (P - 1) * W.stride_width + W.span_width();
    for (std::size_t c = 0; c < C; c = next_block<L>(c, C)) {
        simd<T> sums[R][P];
        const simd<T> begin = bias != nullptr ? load_channels<C>(bias + c) : broadcast(T(0));
        STRATA_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
            STRATA_UNROLL
            for (std::size_t p = 0; p < P; ++p) sums[r][p] = begin;
        }
        simd<T> w[W.height][W.width];
        const T* a = x + c;
        STRATA_UNROLL
        for (std::size_t j = 0; j < rows; ++j) {
            if (j % W.dilation_height == 0 && j / W.dilation_height < W.height) {
                STRATA_UNROLL
                for (std::size_t kw = 0; kw < W.width; ++kw)
                    w[j / W.dilation_height][kw] = load_channels<C>(weights + W.tap(j / W.dilation_height, kw) * C + c);
            }
            if (j < inside.begin || j >= inside.end) continue;
            STRATA_KEEP_LOOP(a);
            STRATA_UNROLL
            for (std::size_t q = Left; q + Right < columns; ++q) {
                const simd<T> value = load_channels<C>(a + (q - Left) * C);
                STRATA_UNROLL
                for (std::size_t r = 0; r < R; ++r) {
                    STRATA_UNROLL
                    for (std::size_t p = 0; p < P; ++p) {
                        const std::size_t h = j - r * W.stride_height, kh = h / W.dilation_height;
                        const std::size_t v = q - p * W.stride_width, kw = v / W.dilation_width;
                        if (j >= r * W.stride_height && h % W.dilation_height == 0 && kh < W.height &&
                            q >= p * W.stride_width && v % W.dilation_width == 0 && kw < W.width)
                            sums[r][p] = multiply_add(value, w[kh][kw], sums[r][p]);
                    }
                }
            }
            a += in_row;
        }
        STRATA_UNROLL
        for (std::size_t r = 0; r < R; ++r) {
            STRATA_UNROLL
            for (std::size_t p = 0; p < P; ++p)
                store_channels<C>(y + r * out_row + p * C + c, Activation::apply(sums[r][p]));
        }
    }
}

/// One output pixel, all channels, up to four vectors at a time, for windows of any size. height and width are the taps
/// that lie inside the input.
template <depthwise_window W, class Activation, class T>
STRATA_NOINLINE void depthwise_pixel(item_range height, item_range width, std::size_t in_row, const T* x,
                                     const T* weights, const T* bias, T* y) {
    constexpr std::size_t L = lanes<T>, C = W.channels, V = C >= 4 * L ? 4 : 1;
    for (std::size_t c = 0; c < C; c = next_block<V * L>(c, C)) {
        simd<T> sums[V];
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n)
            sums[n] = bias != nullptr ? load_channels<C>(bias + c + n * L) : broadcast(T(0));
        for (std::size_t kh = height.begin; kh < height.end; ++kh)
            for (std::size_t kw = width.begin; kw < width.end; ++kw) {
                const T* a = x + (kh - height.begin) * W.dilation_height * in_row +
                             (kw - width.begin) * W.dilation_width * C + c;
                const T* w = weights + W.tap(kh, kw) * C + c;
                STRATA_UNROLL
                for (std::size_t n = 0; n < V; ++n)
                    sums[n] = multiply_add(load_channels<C>(a + n * L), load_channels<C>(w + n * L), sums[n]);
            }
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n) store_channels<C>(y + c + n * L, Activation::apply(sums[n]));
    }
}

/// The input position that a tap of output `o` reads; the tap lies inside the input.
constexpr std::size_t input_position(const sliding_axis& axis, std::size_t o, std::size_t tap) {
    return o * axis.stride + tap * axis.dilation - axis.before;
}

/// The split of a row of outputs into tiles. A row is tiled only where all of its left padding is in the first tile and
/// all of its right padding in the last.
template <depthwise_geometry G>
struct depthwise_row {
    static constexpr depthwise_tiles largest = depthwise_tiles_of(window_of(G), G.height.output);
    static constexpr tile_split split_columns = split(G.width.output, largest.pixels == 0 ? 1 : largest.pixels);
    static constexpr std::size_t tiles = split_columns.count();
    static constexpr std::size_t last = split_columns.small_count > 0 ? split_columns.big - 1 : split_columns.big;
    static constexpr bool is_tiled =
        largest.rows > 0 && last > 0 &&
        G.width.before <= split_columns.big* G.width.stride&& G.width.after <= last* G.width.stride;
};

/// A range of tiles of R output rows from row oh on. x points to input row in_begin, y to output row oh.
template <depthwise_geometry G, bool Mirrored, std::size_t R, class Activation, class T>
void depthwise_tiled_rows(std::size_t oh, const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y,
                          item_range range) {
    using row = depthwise_row<G>;
    constexpr depthwise_window W = window_of(G, Mirrored);
    constexpr tile_split split_columns = row::split_columns;
    constexpr std::size_t C = W.channels, in_row = G.width.input * C, out_row = G.width.output * C;
    constexpr std::size_t span = (R - 1) * G.height.stride + W.span_height();
    const std::size_t top = oh * G.height.stride;
    const item_range inside{.begin = std::min(span, std::max(top, G.height.before) - top),
                            .end = std::min(span, G.height.before + G.height.input - top)};
    x += (top + inside.begin - G.height.before - in_begin) * in_row;
    const auto run = [&]<std::size_t P, std::size_t Left, std::size_t Right>(std::size_t ow) {
        depthwise_tile<W, R, P, Left, Right, Activation>(
            inside, in_row, x + (ow * G.width.stride + Left - G.width.before) * C, weights, bias, y + ow * C, out_row);
    };
    if constexpr (row::tiles == 1) {
        run.template operator()<split_columns.big, G.width.before, G.width.after>(0);
    } else {
        if (range.begin == 0) run.template operator()<split_columns.big, G.width.before, 0>(0);
        const std::size_t end = std::min(range.end, row::tiles - 1);
        std::size_t t = std::max<std::size_t>(range.begin, 1), ow = split_columns.rows({0, t}).end;
        for (; t < std::min(split_columns.big_count, end); ++t, ow += split_columns.big)
            run.template operator()<split_columns.big, 0, 0>(ow);
        if constexpr (split_columns.small_count > 1)
            for (; t < end; ++t, ow += split_columns.big - 1) run.template operator()<split_columns.big - 1, 0, 0>(ow);
        if (range.end == row::tiles) run.template operator()<row::last, 0, G.width.after>(ow);
    }
}

/// Pixels `out` of output row oh. x points to input row in_begin, y to the first of the pixels.
template <depthwise_geometry G, bool Mirrored, class Activation, class T>
void depthwise_pixels(std::size_t oh, const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y,
                      item_range out) {
    constexpr std::size_t C = G.channels;
    const item_range h = taps_of(G.height, oh);
    for (std::size_t ow = out.begin; ow < out.end; ++ow, y += C) {
        const item_range w = taps_of(G.width, ow);
        const T* from = x;
        if (h.size() > 0 && w.size() > 0)
            from += ((input_position(G.height, oh, h.begin) - in_begin) * G.width.input +
                     input_position(G.width, ow, w.begin)) *
                    C;
        depthwise_pixel<window_of(G, Mirrored), Activation>(h, w, G.width.input * C, from, weights, bias, y);
    }
}

/// Output rows `out` of activation(depthwise convolution of x + bias), where G has no multiplier. x points to input row
/// in_begin, y to output row out.begin. Fewer rows than a tile has are computed pixel by pixel. Mirrored: the taps are
/// taken from the last to the first.
template <depthwise_geometry G, class Activation, bool Mirrored = false, class T>
void depthwise_rows(const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y, item_range out) {
    using row = depthwise_row<G>;
    constexpr std::size_t R = row::largest.rows, out_row = G.width.output * G.channels;
    if constexpr (row::is_tiled)
        if (out.size() >= R) {  // the last rows may overlap those before them
            for (std::size_t oh = out.begin; oh < out.end; oh = next_block<R>(oh, out.end))
                depthwise_tiled_rows<G, Mirrored, R, Activation>(oh, x, in_begin, weights, bias,
                                                                 y + (oh - out.begin) * out_row, {0, row::tiles});
            return;
        }
    for (std::size_t oh = out.begin; oh < out.end; ++oh, y += out_row)
        depthwise_pixels<G, Mirrored, Activation>(oh, x, in_begin, weights, bias, y, {0, G.width.output});
}

/// Elements of scratch of depthwise_conv2d_rows for `rows` output rows: their input with each channel repeated.
constexpr std::size_t depthwise_scratch(const depthwise_geometry& g, std::size_t rows) {
    if (g.multiplier == 1 || rows == 0) return 0;
    const std::size_t read = std::min((rows - 1) * g.height.stride + g.height.span(), g.height.input);
    return read * g.width.input * g.out_channels();
}

/// to (count, Multiplier) = each of the `count` values of x, repeated.
template <std::size_t Multiplier, class T>
void repeat_channels(std::size_t count, const T* x, T* to) {
    for (std::size_t i = 0; i < count; ++i) std::fill_n(to + i * Multiplier, Multiplier, x[i]);
}

/// Output rows `out` of y (oh, ow, channels multiplier) = activation(depthwise convolution of x (ih, iw, channels) +
/// bias). x points to input row in_begin, y to output row out.begin; both are unpadded and need no alignment. weights
/// (kh, kw, channels, multiplier) are as in Keras; bias may be null. Nothing is read or written past an end. y overlaps
/// nothing that is read. scratch holds depthwise_scratch(G, out.size()) elements.
template <depthwise_geometry G, class Activation, class T>
void depthwise_conv2d_rows(const T* x, std::size_t in_begin, const T* weights, const T* bias, T* y, item_range out,
                           [[maybe_unused]] T* scratch) {
    if constexpr (G.multiplier == 1) {
        depthwise_rows<G, Activation>(x, in_begin, weights, bias, y, out);
    } else {
        constexpr std::size_t row = G.width.input * G.channels;
        const item_range read = rows_read(G.height, out);
        repeat_channels<G.multiplier>(read.size() * row, x + (read.begin - in_begin) * row, scratch);
        depthwise_rows<repeated(G), Activation>(scratch, read.begin, weights, bias, y, out);
    }
}

/// The whole map y (oh, ow, channels multiplier), as depthwise_conv2d_rows; in constant evaluation by plain loops.
template <depthwise_geometry G, class Activation, class T>
constexpr void depthwise_conv2d(const T* x, const T* weights, const T* bias, T* y, T* scratch) {
    if (std::is_constant_evaluated()) reference::depthwise_conv2d<Activation>(G, x, weights, bias, y);
    else depthwise_conv2d_rows<G, Activation>(x, 0, weights, bias, y, {0, G.height.output}, scratch);
}

}  // namespace strata::inline STRATA_ISA::kernels
