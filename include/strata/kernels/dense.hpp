// dense: y = activation(x w + bias), batch 1 as a matrix-vector product, larger batches in register tiles.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/reference.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/tile.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

/// One row times V panels' vectors from `w` on, in Chains independent chains per vector: with about 16 sums in flight
/// the latency of a multiply-add is hidden and the loop runs at the speed of its loads.
template <std::size_t V, std::size_t Chains, class Activation, class T>
STRATA_INLINE void row_times_panel(std::size_t k, const T* x, const T* w, const T* bias, T* y, std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[Chains][V];
    STRATA_UNROLL
    for (std::size_t n = 0; n < V; ++n) {
        sums[0][n] = bias != nullptr ? load(bias + n * L) : broadcast(T(0));
        STRATA_UNROLL
        for (std::size_t c = 1; c < Chains; ++c) sums[c][n] = broadcast(T(0));
    }
    const std::size_t rest = k % Chains;
    for (const T* end = x + (k - rest); x != end; x += Chains, w += Chains * V * L) {
        STRATA_UNROLL
        for (std::size_t c = 0; c < Chains; ++c) {
            const simd<T> value = broadcast(x[c]);
            STRATA_UNROLL
            for (std::size_t n = 0; n < V; ++n) sums[c][n] = multiply_add(value, load(w + (c * V + n) * L), sums[c][n]);
        }
    }
    for (const T* end = x + rest; x != end; ++x, w += V * L) {
        const simd<T> value = broadcast(*x);
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n) sums[0][n] = multiply_add(value, load(w + n * L), sums[0][n]);
    }
    STRATA_UNROLL
    for (std::size_t n = 0; n < V; ++n) {
        STRATA_UNROLL
        for (std::size_t c = 1; c < Chains; ++c) sums[0][n] = sums[0][n] + sums[c][n];
        if (columns > n * L) store_partial<T>(y + n * L, Activation::apply(sums[0][n]), std::min(columns - n * L, L));
    }
}

/// Rows of x against one panel: tiles of two sizes.
template <std::size_t Rows, std::size_t NR, class Activation, class T>
STRATA_INLINE void rows_times_panel(tile_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                                    std::size_t columns) {
    constexpr tile_split s = split(Rows, tile_rows(NR));
    for (std::size_t t = 0; t < s.big_count; ++t, x += s.big * in.row_step, y += s.big * out_step)
        tile<s.big, NR, Activation>(in, x, w, bias, y, out_step, columns);
    if constexpr (s.small_count > 0)
        for (std::size_t t = 0; t < s.small_count; ++t, x += (s.big - 1) * in.row_step, y += (s.big - 1) * out_step)
            tile<s.big - 1, NR, Activation>(in, x, w, bias, y, out_step, columns);
}

template <std::size_t NR, class Activation, class T, std::size_t... M>
constexpr auto tiles_by_rows(std::index_sequence<M...>) {
    return std::array{&tile<M + 1, NR, Activation, T>...};
}

/// Any number of rows against one panel, in tiles of two sizes that differ by one. A row's sums do not depend on the
/// tile that it falls into.
template <std::size_t NR, class Activation, class T>
void any_rows_times_panel(const tile_input& in, std::size_t rows, const T* x, const T* w, const T* bias, T* y,
                          std::size_t out_step, std::size_t columns) {
    static constexpr auto tiles = tiles_by_rows<NR, Activation, T>(std::make_index_sequence<tile_rows(NR)>{});
    const tile_split s = split(rows, tile_rows(NR));
    for (std::size_t t = 0; t < s.big_count; ++t, x += s.big * in.row_step, y += s.big * out_step)
        tiles[s.big - 1](in, x, w, bias, y, out_step, columns);
    for (std::size_t t = 0; t < s.small_count; ++t, x += (s.big - 1) * in.row_step, y += (s.big - 1) * out_step)
        tiles[s.big - 2](in, x, w, bias, y, out_step, columns);
}

/// y (n, F) = activation(x (n, K) weights (K, F) + bias (F)), as dense() but for a number of rows known at run time.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_rows(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    for (std::size_t f = 0; f < F; f += width)
        any_rows_times_panel<NR, Activation>(tile_input{.length = K, .row_step = K}, n, x, weights + f * K,
                                             bias != nullptr ? bias + f : nullptr, y + f, F, std::min(width, F - f));
}

template <std::size_t N, std::size_t K, std::size_t F, class Activation, class T>
STRATA_INLINE void dense_vectorised(const T* x, const T* weights, const T* bias, T* y) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>, panel_count = (F + width - 1) / width;
    for (std::size_t p = 0; p < panel_count; ++p) {
        const T* w = weights + p * K * width;
        const T* b = bias != nullptr ? bias + p * width : nullptr;
        const std::size_t columns = std::min(width, F - p * width);
        if constexpr (N == 1)
            row_times_panel<NR, (K >= 64 ? 8 : K >= 8 ? 4 : 1), Activation>(K, x, w, b, y + p * width, columns);
        else
            rows_times_panel<N, NR, Activation>(tile_input{.length = K, .row_step = K}, x, w, b, y + p * width, F,
                                                columns);
    }
}

/// y (N, F) = activation(x (N, K) weights (K, F) + bias (F)). weights and bias lie in panels of panel_width<T>(F)
/// columns; bias may be null; x and y are unpadded, any alignment; y overlaps neither x nor the weights.
template <std::size_t N, std::size_t K, std::size_t F, class Activation, class T>
constexpr void dense(const T* x, const T* weights, const T* bias, T* y) {
    if (std::is_constant_evaluated())
        reference::dense<Activation>(N, panels{.rows = K, .columns = F, .width = panel_width<T>(F)}, x, weights, bias,
                                     y);
    else dense_vectorised<N, K, F, Activation>(x, weights, bias, y);
}

}  // namespace STRATA_ISA
}  // namespace strata::kernels
