// dense: y = activation(x w + bias), batch 1 as a matrix-vector product, larger batches in register tiles.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/team_part.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/reference.hpp>
#include <strata/kernels/rows_product.hpp>
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
    const auto add = [&](const simd<T>& value, std::size_t c) STRATA_INLINE_CALL {
        STRATA_UNROLL
        for (std::size_t n = 0; n < V; ++n) sums[c][n] = multiply_add(value, load(w + (c * V + n) * L), sums[c][n]);
    };
    const std::size_t rest = k % Chains;
    for (const T* end = x + (k - rest); x != end; x += Chains, w += Chains * V * L) {
        if constexpr (Chains % 4 == 0) {
            STRATA_UNROLL
            for (std::size_t c = 0; c < Chains; c += 4) {
                const four_elements<simd<T>> values(x + c);
                add(values.template broadcast<0>(), c);
                add(values.template broadcast<1>(), c + 1);
                add(values.template broadcast<2>(), c + 2);
                add(values.template broadcast<3>(), c + 3);
            }
        } else {
            STRATA_UNROLL
            for (std::size_t c = 0; c < Chains; ++c) add(broadcast(x[c]), c);
        }
    }
    for (const T* end = x + rest; x != end; ++x, w += V * L) add(broadcast(*x), 0);
    STRATA_UNROLL
    for (std::size_t n = 0; n < V; ++n) {
        STRATA_UNROLL
        for (std::size_t c = 1; c < Chains; ++c) sums[0][n] = sums[0][n] + sums[c][n];
        if (columns > n * L) store_partial<T>(y + n * L, Activation::apply(sums[0][n]), std::min(columns - n * L, L));
    }
}

/// One row in a vector: activation(the first K lanes of x times a panel of `width` columns + bias). What lanes past the
/// columns hold is of no use. Two chains of sums, for the latency of a multiply-add.
template <std::size_t K, class Activation, class V, class T>
STRATA_INLINE V lanes_times_panel(const V& x, const T* w, std::size_t width, const T* bias) {
    V sums[2];
    const lane_source<V> lanes_of_x(x);
    const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) STRATA_INLINE_CALL {
        const V value = lanes_of_x.template broadcast<I>(), row = load_exactly<V, V::size>(w + I * width);
        if constexpr (I > 1) sums[I % 2] = multiply_add(value, row, sums[I % 2]);
        else if (I == 0 && bias != nullptr) sums[0] = multiply_add(value, row, load_exactly<V, V::size>(bias));
        else sums[I] = value * row;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>)
        STRATA_INLINE_CALL { (add(std::integral_constant<std::size_t, I>{}), ...); }(std::make_index_sequence<K>{});
    if constexpr (K == 1) return Activation::apply(sums[0]);
    else return Activation::apply(sums[0] + sums[1]);
}

/// Some panels of one row: y (F) = activation(x (K) weights + bias).
template <std::size_t K, std::size_t F, class Activation, class T>
STRATA_INLINE void dense_panels(const T* x, const T* weights, const T* bias, T* y, item_range which) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    for (std::size_t p = which.begin; p < which.end; ++p)
        row_times_panel<NR,
                        (K >= 64  ? 8
                         : K >= 8 ? 4
                                  : 1),
                        Activation>(K, x, weights + p * K * width, bias != nullptr ? bias + p * width : nullptr,
                                    y + p * width, std::min(width, F - p * width));
}

template <std::size_t N, std::size_t K, std::size_t F, class Activation, class T>
STRATA_INLINE void dense_vectorised(const T* x, const T* weights, const T* bias, T* y) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>, panel_count = (F + width - 1) / width;
    if constexpr (N == 1) return dense_panels<K, F, Activation>(x, weights, bias, y, item_range{0, panel_count});
    if constexpr (N >= 8 && shares_cache_sets<T>(K)) return dense_rows<K, F, Activation>(N, x, weights, bias, y);
    for (std::size_t p = 0; p < panel_count; ++p)
        rows_times_panel<N, NR, Activation, asks_for_weights<K, F, T>>(
            tile_input{.length = K, .row_step = K}, x, weights + p * K * width,
            bias != nullptr ? bias + p * width : nullptr, y + p * width, F, std::min(width, F - p * width));
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
