// grouped_lanes: grouped convolutions with few channels a group, in register tiles whose vectors hold the filters of
// several groups.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/simd/lane_broadcast.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The parameters of such a tile: channels (in) and filters (out) of a group, the number of groups that share a vector,
/// and one row of the window. Layers with equal parameters share the compiled tiles.
struct lanes_window {
    std::size_t in = 1;
    std::size_t out = 1;
    std::size_t groups = 1;
    std::size_t pixel = 1;  // channels of all groups
    std::size_t kernel = 1;
    std::size_t stride = 1;
    std::size_t dilation = 1;

    /// The input columns that `outputs` consecutive outputs read.
    constexpr std::size_t columns(std::size_t outputs) const {
        return (outputs - 1) * stride + (kernel - 1) * dilation + 1;
    }
    friend constexpr bool operator==(const lanes_window&, const lanes_window&) = default;
};

/// The permutation that gives each lane channel `channel` of its own group. Lanes without a group take any.
template <lanes_window W, class T>
constexpr std::array<std::size_t, lanes<T>> lanes_of_channel(std::size_t channel) {
    std::array<std::size_t, lanes<T>> from{};
    for (std::size_t i = 0; i < W.groups * W.out; ++i) from[i] = i / W.out * W.in + channel;
    return from;
}

/// A register tile: P outputs of one row, for the filters of the groups that share a vector. x points to the first
/// vector that is read. weights (rows, channel, columns, lanes) start at the first row of the window that is read. An
/// input vector is permuted once for each channel of a group and multiplied with a row of the window. Whole: vectors of
/// x are loaded whole; else only the channels of these groups are read. Only these groups' filters of y are written.
template <lanes_window W, std::size_t P, bool Whole, class Activation, class T>
STRATA_NOINLINE void lanes_tile(std::size_t rows, std::size_t in_row, const T* x, const T* weights, const T* bias, T* y,
                                std::size_t out_step) {
    constexpr std::size_t L = lanes<T>, columns = W.columns(P);
    simd<T> sums[P];
    STRATA_UNROLL
    for (std::size_t p = 0; p < P; ++p) sums[p] = load(bias);
    const auto add = [&]<std::size_t Channel>(std::integral_constant<std::size_t, Channel>) STRATA_INLINE_CALL {
        STRATA_KEEP_LOOP(x);  // or all inputs stay in registers for the next channel
        simd<T> w[W.kernel];
        STRATA_UNROLL
        for (std::size_t k = 0; k < W.kernel; ++k) w[k] = load(weights + (Channel * W.kernel + k) * L);
        STRATA_UNROLL
        for (std::size_t q = 0; q < columns; ++q) {
            simd<T> value;
            if constexpr (Whole) value = load(x + q * W.pixel);
            else value = load_partial(x + q * W.pixel, W.groups * W.in);
            value = permute<lanes_of_channel<W, T>(Channel)>(value);
            STRATA_UNROLL
            for (std::size_t k = 0; k < W.kernel; ++k) {
                const std::size_t at = q - k * W.dilation, p = at / W.stride;
                if (q >= k * W.dilation && at % W.stride == 0 && p < P) sums[p] = multiply_add(value, w[k], sums[p]);
            }
        }
    };
    for (std::size_t r = 0; r < rows; ++r, x += in_row, weights += W.in * W.kernel * L)
        [&]<std::size_t... Channel>(std::index_sequence<Channel...>) STRATA_INLINE_CALL {
            (add(std::integral_constant<std::size_t, Channel>{}), ...);
        }(std::make_index_sequence<W.in>{});
    STRATA_UNROLL
    for (std::size_t p = 0; p < P; ++p)
        store_partial<T>(y + p * out_step, Activation::apply(sums[p]), W.groups * W.out);
}

/// The tile parameters of a grouped convolution. As many groups share a vector as fit both their channels and their
/// filters into it.
template <class T>
constexpr lanes_window lanes_window_of(const grouped_geometry& g) {
    return {.in = g.one.in_channels,
            .out = g.one.out_channels,
            .groups = std::min({lanes<T> / g.one.in_channels, lanes<T> / g.one.out_channels, g.count}),
            .pixel = g.count * g.one.in_channels,
            .kernel = g.one.width.kernel,
            .stride = g.one.width.stride,
            .dilation = g.one.width.dilation};
}

/// Outputs of the largest tile: the sums, a row of the window, one input vector and its permutation fill the registers.
/// The unrolled code has at most 512 multiply-adds. 0: this method cannot be used.
constexpr std::size_t largest_lanes_tile(const lanes_window& w) {
    if (w.groups < 2 || w.kernel + 6 > vector_registers) return 0;
    return std::min(vector_registers - w.kernel - 2, 512 / (w.kernel * w.in));
}

/// Output rows whose padded input is copied at a time. The copy stays in the L2 cache, because few multiply-adds read
/// each of its values.
template <class T>
constexpr std::size_t padded_band(const conv2d_geometry& whole) {
    const std::size_t line = without_padding(whole).width.input * whole.in_channels * sizeof(T);
    return std::max<std::size_t>((std::size_t{128} << 10) / (line * whole.height.stride), 4);
}

/// The base of the direct methods of grouped convolutions. Method::multiply<Activation>(x, weights, y, out, tiles)
/// computes a range of tiles of output rows `out` from an input that contains its padding; x points to the first input
/// that the first tile reads, y to its first output. In the weights, kernel and bias hold one matrix in panels for each
/// group; `packed` is the output of pack_weights for both.
template <class Method, grouped_geometry G, class T>
struct grouped_direct {
    /// `rows` starts at multiples of it.
    static constexpr std::size_t row_multiple = 1;

    /// Output rows `out` of y (oh, ow, groups oc). x points to input row in_begin, y to output row out.begin; both are
    /// unpadded and do not overlap. scratch holds grouped_scratch elements for out.size() rows.
    template <class Activation>
    static void rows(const T* x, std::size_t in_begin, const convolution_weights<T>& w, T* y, item_range out,
                     T* scratch) {
        constexpr item_range all{0, Method::tiles.count()};
        if constexpr (whole.is_padded()) {
            constexpr std::size_t band = padded_band<T>(whole);
            for (std::size_t oh = out.begin; oh < out.end; oh += band) {
                const item_range made{oh, std::min(oh + band, out.end)};
                write_padding<whole>(x, in_begin, padded_rows(whole.height, made), scratch);
                Method::template multiply<Activation>(scratch, w, y + (oh - out.begin) * out_row, made, all);
            }
        } else {
            const T* from = x + (out.begin * whole.height.stride - in_begin) * in_row;
            Method::template multiply<Activation>(from, w, y, out, all);
        }
    }
    /// A range of tiles of a map of one row. x and y point to the start of the row.
    template <class Activation>
    static void row(const T* x, const convolution_weights<T>& w, T* y, item_range tiles, T* scratch) {
        const item_range out = Method::tiles.rows(tiles);
        Method::template multiply<Activation>(columns_with_padding<whole>(x, out, scratch), w,
                                              y + out.begin * whole.out_channels, {0, 1}, tiles);
    }

protected:
    static constexpr conv2d_geometry whole = G.whole();
    static constexpr std::size_t in_row = without_padding(whole).width.input * whole.in_channels;
    static constexpr std::size_t out_row = whole.width.output * whole.out_channels;
};

/// A grouped convolution whose groups share vectors. The last vector is filled up with groups of the vector before it;
/// both compute them.
template <grouped_geometry G, class T>
struct grouped_lanes : grouped_direct<grouped_lanes<G, T>, G, T> {
    static constexpr lanes_window window = lanes_window_of<T>(G);
    static constexpr std::size_t vectors = (G.count + window.groups - 1) / window.groups;
    /// The split of a map of one row into parts for threads.
    static constexpr tile_split tiles = split(G.one.width.output, largest_lanes_tile(window));
    /// The packed weights of a vector: its kernel, then its bias.
    static constexpr std::size_t vector_weights = G.one.depth() * lanes<T>, stored = vector_weights + lanes<T>;
    static constexpr std::size_t packed_size = vectors * stored;
    static constexpr std::size_t first_group(std::size_t vector) {
        return std::min(vector * window.groups, G.count - window.groups);
    }

    /// Packs kernel and bias, which are in panels group by group, for lanes_tile. Writes this thread's share.
    static constexpr void pack_weights(const T* weights, const T* bias, T* to, thread_slice part) {
        constexpr std::size_t kw = G.one.width.kernel, in = window.in, out = window.out;
        constexpr panels kernel = conv2d_panels<G.one, T>(), offset{.columns = out, .width = kernel.width};
        const item_range mine = part.of(vectors);
        for (std::size_t v = mine.begin; v < mine.end; ++v)
            for (std::size_t lane = 0; lane < lanes<T>; ++lane) {
                const std::size_t group = first_group(v) + lane / out, filter = lane % out;
                const bool is_used = lane < window.groups * out;
                T* w = to + v * stored + lane;
                for (std::size_t row = 0; row < G.one.depth(); ++row) {
                    const std::size_t tap = row / in, at = (tap / kw * in + row % in) * kw + tap % kw;
                    w[at * lanes<T>] = is_used ? weights[group * kernel.stored() + kernel.offset(row, filter)] : T(0);
                }
                w[vector_weights] =
                    is_used && bias != nullptr ? bias[group * offset.stored() + offset.offset(0, filter)] : T(0);
            }
    }

    template <class Activation>
    static void multiply(const T* x, const convolution_weights<T>& weights, T* y, item_range out, item_range range) {
        using self = grouped_lanes;
        const std::size_t first = tiles.rows(range).begin * window.stride,
                          tap_row = G.one.height.dilation * self::in_row;
        for (std::size_t oh = out.begin; oh < out.end;
             ++oh, x += G.one.height.stride * self::in_row, y += self::out_row)
            for (std::size_t v = 0; v < vectors; ++v) {
                const item_range taps = taps_of(G.one.height, oh);
                const T *all = weights.packed + v * stored,
                        *w = all + taps.begin * window.in * window.kernel * lanes<T>;
                std::size_t at = first * window.pixel + first_group(v) * window.in;  // in its row
                const T* from = x + taps.begin * tap_row + first_group(v) * window.in;
                T* to = y + first_group(v) * window.out;
                const auto run = [&]<std::size_t P>(std::integral_constant<std::size_t, P>) {
                    constexpr bool fills = window.groups * window.in == lanes<T>;
                    const bool whole = fills || at + (window.columns(P) - 1) * window.pixel + lanes<T> <= self::in_row;
                    const auto tile = whole ? &lanes_tile<window, P, true, Activation, T>
                                            : &lanes_tile<window, P, fills, Activation, T>;
                    tile(taps.size(), tap_row, from, w, all + vector_weights, to, G.whole().out_channels);
                    at += P * window.stride * window.pixel;
                    from += P * window.stride * window.pixel;
                    to += P * G.whole().out_channels;
                };
                std::size_t t = range.begin;
                for (; t < std::min(range.end, tiles.big_count); ++t)
                    run(std::integral_constant<std::size_t, tiles.big>{});
                if constexpr (tiles.small_count > 0)
                    for (; t < range.end; ++t) run(std::integral_constant<std::size_t, tiles.big - 1>{});
            }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
