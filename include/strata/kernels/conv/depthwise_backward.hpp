// depthwise_backward: the gradients of a depthwise convolution's input and weights, vectorised over channels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/gradient_arguments.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The convolution that gives dx from dy where strides are 1. Its taps are mirrored. An axis padded by p is padded by
/// span - 1 - p.
constexpr depthwise_geometry mirrored(const depthwise_geometry& g) {
    const auto axis = [](const sliding_axis& a) {
        return sliding_axis{.input = a.output,
                            .kernel = a.kernel,
                            .stride = 1,
                            .dilation = a.dilation,
                            .output = a.input,
                            .before = a.span() - 1 - a.before,
                            .after = a.span() - 1 - a.after};
    };
    return {.height = axis(g.height), .width = axis(g.width), .channels = g.channels, .multiplier = g.multiplier};
}

/// Elements of scratch of depthwise_data_gradient: the gradient of the input with its channels repeated.
constexpr std::size_t depthwise_gradient_scratch(const depthwise_geometry& g) {
    return g.multiplier == 1 ? 0 : repeated(g).in_size();
}

/// to[c] += a[c] b[c] for n channels.
template <class T>
STRATA_INLINE void add_products(std::size_t n, const T* a, const T* b, T* to) {
    constexpr std::size_t L = lanes<T>;
    std::size_t c = 0;
    for (const std::size_t whole = n - n % L; c < whole; c += L)
        store<T>(to + c, multiply_add(load(a + c), load(b + c), load(to + c)));
    for (; c < n; ++c) to[c] += a[c] * b[c];
}

/// dx (ih, iw, channels) of one sample from dy (oh, ow, channels multiplier) and weights (kh, kw, channels,
/// multiplier). dx is overwritten. With strides of 1 it is a convolution with mirrored taps. With other strides each
/// product is added to its cell of dx. scratch holds depthwise_gradient_scratch(G) elements.
template <depthwise_geometry G, class T>
void depthwise_data_gradient(const T* dy, const T* weights, T* dx, [[maybe_unused]] T* scratch) {
    constexpr depthwise_geometry R = repeated(G);
    constexpr std::size_t C = R.channels;
    T* to = G.multiplier == 1 ? dx : scratch;
    if constexpr (G.height.stride == 1 && G.width.stride == 1) {
        depthwise_rows<mirrored(R), linear, true>(dy, 0, weights, null_bias<T>, to, {0, G.height.input});
    } else {
        std::fill_n(to, R.in_size(), T(0));
        for (std::size_t oh = 0; oh < G.height.output; ++oh) {
            const item_range kh = taps_of(G.height, oh);
            for (std::size_t ow = 0; ow < G.width.output; ++ow, dy += C) {
                const item_range kw = taps_of(G.width, ow);
                for (std::size_t i = kh.begin; i < kh.end; ++i)
                    for (std::size_t j = kw.begin; j < kw.end; ++j)
                        add_products(
                            C, dy, weights + (i * G.width.kernel + j) * C,
                            to +
                                (input_position(G.height, oh, i) * G.width.input + input_position(G.width, ow, j)) * C);
            }
        }
    }
    if constexpr (G.multiplier > 1)
        for (std::size_t i = 0; i < G.in_size(); ++i) {
            T sum = T(0);
            for (std::size_t m = 0; m < G.multiplier; ++m) sum += to[i * G.multiplier + m];
            dx[i] = sum;
        }
}

/// The taps whose gradients one pass over the samples sums up: the whole window, one of its rows, or one tap, the most
/// whose sums fit the registers.
struct tap_block {
    std::size_t height = 1;
    std::size_t width = 1;
};
constexpr tap_block tap_block_of(const depthwise_geometry& g, std::size_t vectors) {
    const std::size_t sums = (vector_registers - 4) / vectors;
    if (g.taps() <= sums) return {g.height.kernel, g.width.kernel};
    if (g.width.kernel <= sums) return {1, g.width.kernel};
    return {};
}

/// A block of taps whose first one is (row, column) of the window. For each of its Width columns: the outputs of a row
/// for which the tap lies inside the input; `all`: those for which every tap does.
template <std::size_t Width>
struct tap_columns {
    std::size_t row = 0;
    std::size_t column = 0;
    item_range each[Width]{};
    item_range all{};

    constexpr tap_columns(const sliding_axis& axis, std::size_t tap_row, std::size_t first)
        : row(tap_row), column(first), all{0, axis.output} {
        for (std::size_t j = 0; j < Width; ++j) {
            each[j] = outputs_of(axis, first + j);
            all = {.begin = std::max(all.begin, each[j].begin), .end = std::min(all.end, each[j].end)};
        }
        all.end = std::max(all.begin, all.end);
    }
};

/// Vector v of V vectors of channels; the first n lanes where there is only one.
template <std::size_t V, class T>
STRATA_INLINE simd<T> load_part(const T* p, std::size_t v, std::size_t n) {
    if constexpr (V == 1) return load_partial(p, n);
    else return load(p + v * lanes<T>);
}

/// Adds the products of output `ow` of one row to the sums of a row of taps. Taps in the padding are left out. `n`:
/// lanes of the only vector where V is 1.
template <depthwise_geometry G, std::size_t Width, std::size_t V, class T>
STRATA_INLINE void add_edge(const tap_columns<Width>& taps, std::size_t ow, const T* x, const T* dy, std::size_t n,
                            simd<T> (&sums)[Width][V]) {
    STRATA_UNROLL
    for (std::size_t j = 0; j < Width; ++j)
        if (ow >= taps.each[j].begin && ow < taps.each[j].end) {
            const std::size_t at = ow * G.width.stride + (taps.column + j) * G.width.dilation - G.width.before;
            STRATA_UNROLL
            for (std::size_t v = 0; v < V; ++v)
                sums[j][v] = multiply_add(load_part<V>(x + at * G.channels, v, n),
                                          load_part<V>(dy + ow * G.channels, v, n), sums[j][v]);
        }
}

/// Adds the products of all outputs of one row of dy and one row of x to the sums of a row of taps.
template <depthwise_geometry G, std::size_t Width, std::size_t V, class T>
STRATA_INLINE void add_tap_row(const tap_columns<Width>& taps, const T* x, const T* dy, std::size_t n,
                               simd<T> (&sums)[Width][V]) {
    constexpr std::size_t C = G.channels;
    for (std::size_t ow = 0; ow < taps.all.begin; ++ow) add_edge<G>(taps, ow, x, dy, n, sums);
    const T* a = x + (taps.all.begin * G.width.stride + taps.column * G.width.dilation - G.width.before) * C;
    const T* d = dy + taps.all.begin * C;
    for (std::size_t left = taps.all.size(); left > 0; --left, a += G.width.stride * C, d += C) {
        STRATA_UNROLL
        for (std::size_t v = 0; v < V; ++v) {
            const simd<T> factor = load_part<V>(d, v, n);
            STRATA_UNROLL
            for (std::size_t j = 0; j < Width; ++j)
                sums[j][v] = multiply_add(load_part<V>(a + j * G.width.dilation * C, v, n), factor, sums[j][v]);
        }
    }
    for (std::size_t ow = taps.all.end; ow < G.width.output; ++ow) add_edge<G>(taps, ow, x, dy, n, sums);
}

/// Adds the products of output row `oh` to the sums of row I of a block of taps, unless that row lies in the padding.
template <depthwise_geometry G, std::size_t I, std::size_t Height, std::size_t Width, std::size_t V, class T>
STRATA_INLINE void add_tap_row(const tap_columns<Width>& taps, std::size_t oh, const T* x, const T* dy, std::size_t n,
                               simd<T> (&sums)[Height][Width][V]) {
    const std::size_t ih = oh * G.height.stride + (taps.row + I) * G.height.dilation;
    if (ih < G.height.before || ih >= G.height.before + G.height.input) return;
    add_tap_row<G>(taps, x + (ih - G.height.before) * G.width.input * G.channels, dy + oh * G.width.output * G.channels,
                   n, sums[I]);
}

/// Adds the products of output row `oh` to the sums of a block of taps. The rows of taps are a pack and not a loop: GCC
/// unrolls a loop that contains others too late to keep the sums in registers.
template <depthwise_geometry G, std::size_t Height, std::size_t Width, std::size_t V, class T, std::size_t... I>
STRATA_INLINE void add_tap_rows(const tap_columns<Width>& taps, std::size_t oh, const T* x, const T* dy, std::size_t n,
                                simd<T> (&sums)[Height][Width][V], std::index_sequence<I...>) {
    (add_tap_row<G, I>(taps, oh, x, dy, n, sums), ...);
}

/// The gradient of a block of taps for V vectors of channels (of one vector, the first `n`), summed over all outputs
/// and samples. The pointers of `samples` point to these channels of the first cell, dw to those of the first tap,
/// which is (tap_row, tap_column) of the window.
template <depthwise_geometry G, std::size_t V, class T>
STRATA_NOINLINE void depthwise_weight_tile(const gradient_samples<T>& samples, gradient_sum<T> dw, std::size_t tap_row,
                                           std::size_t tap_column, std::size_t n) {
    constexpr tap_block B = tap_block_of(G, V);
    simd<T> sums[B.height][B.width][V];
    STRATA_UNROLL
    for (std::size_t i = 0; i < B.height; ++i) {
        STRATA_UNROLL
        for (std::size_t j = 0; j < B.width; ++j) {
            STRATA_UNROLL
            for (std::size_t v = 0; v < V; ++v) sums[i][j][v] = broadcast(T(0));
        }
    }
    const tap_columns<B.width> taps(G.width, tap_row, tap_column);
    const auto [count, x0, x_step, dy0, dy_step] = samples;
    const T *x = x0, *dy = dy0;
    for (std::size_t s = 0; s < count; ++s, x += x_step, dy += dy_step)
        for (std::size_t oh = 0; oh < G.height.output; ++oh)
            add_tap_rows<G>(taps, oh, x, dy, n, sums, std::make_index_sequence<B.height>{});
    STRATA_UNROLL
    for (std::size_t i = 0; i < B.height; ++i) {
        STRATA_UNROLL
        for (std::size_t j = 0; j < B.width; ++j) {
            STRATA_UNROLL
            for (std::size_t v = 0; v < V; ++v) {
                T* to = dw.values + (i * G.width.kernel + j) * G.channels + v * lanes<T>;
                const simd<T> sum = dw.overwrite ? sums[i][j][v] : load_part<1>(to, 0, n) + sums[i][j][v];
                if constexpr (V == 1) store_partial<T>(to, sum, n);
                else store<T>(to, sum);
            }
        }
    }
}

/// dkernel (kh, kw, channels) = or += the sum over samples of the products of x (ih, iw, channels) and dy (oh, ow,
/// channels); this thread's share of the channels. G has no multiplier: x holds the inputs with each channel repeated
/// as often as it has filters. The order of the sum does not depend on the share.
template <depthwise_geometry G, class T>
void depthwise_weight_gradient(const gradient_samples<T>& samples, gradient_sum<T> dkernel, thread_slice part) {
    constexpr std::size_t L = lanes<T>, C = G.channels;
    const auto block = [&]<std::size_t V>(std::size_t c, std::size_t n) {
        constexpr tap_block B = tap_block_of(G, V);
        for (std::size_t i = 0; i < G.height.kernel; i += B.height)
            for (std::size_t j = 0; j < G.width.kernel; j += B.width)
                depthwise_weight_tile<G, V>(
                    gradient_samples<T>{samples.count, samples.x + c, samples.x_step, samples.dy + c, samples.dy_step},
                    {dkernel.values + (i * G.width.kernel + j) * C + c, dkernel.overwrite}, i, j, n);
    };
    const item_range mine = part.of(C, L);
    std::size_t c = mine.begin;
    if constexpr (C >= 2 * L)
        for (; c + 2 * L <= mine.end; c += 2 * L) block.template operator()<2>(c, L);
    for (; c < mine.end; c += L) block.template operator()<1>(c, std::min(L, mine.end - c));
}

}  // namespace strata::inline STRATA_ISA::kernels
