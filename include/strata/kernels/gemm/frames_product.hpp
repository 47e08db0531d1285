// frames_product: frames of a stream times a matrix in panels, in register tiles. Each frame gets the same sums, bit
// for bit, as row_times_panel (dense.hpp) gives one row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A tile of frames times one panel: rows of x have `length` values and lie row_step elements apart. w is the panel,
/// bias is padded to it and may be null. Rows of y lie out_step elements apart; `columns` of each are written.
template <class T>
struct frames_tile_operands {
    const T* x = nullptr;
    std::size_t length = 0;
    std::size_t row_step = 0;
    const T* w = nullptr;
    const T* bias = nullptr;
    T* y = nullptr;
    std::size_t out_step = 0;
    std::size_t columns = 0;
};

/// y (MR, columns) = x (MR, length) times a panel of NR vectors + bias. A row has the sums of row_times_panel: chain c
/// adds the products of every Chains-th value from value c on, chain 0 also the values left at the end; chains are then
/// added in order. Each chain ends before the next begins, so that registers hold one chain of each row and the total.
template <std::size_t MR, std::size_t NR, std::size_t Chains, class T>
STRATA_NOINLINE void frames_tile(const frames_tile_operands<T>& s) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[MR][NR];
    const auto add = [&](std::size_t k, simd<T>(&to)[MR][NR]) STRATA_INLINE_CALL {
        const T* w = s.w + k * NR * L;
        STRATA_KEEP_LOOP(w);
        simd<T> b[NR];
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n) b[n] = load_once(w + n * L);
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            const simd<T> value = broadcast(s.x[m * s.row_step + k]);
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) to[m][n] = multiply_add(value, b[n], to[m][n]);
        }
    };
    STRATA_UNROLL
    for (std::size_t n = 0; n < NR; ++n) {
        const simd<T> start = s.bias != nullptr ? load(s.bias + n * L) : broadcast(T(0));
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) sums[m][n] = start;
    }
    const std::size_t in_chains = s.length - s.length % Chains;
    for (std::size_t k = 0; k < in_chains; k += Chains) add(k, sums);
    for (std::size_t k = in_chains; k < s.length; ++k) add(k, sums);
    if constexpr (Chains > 1) {
        for (std::size_t c = 1; c < Chains; ++c) {
            simd<T> chain[MR][NR];
            STRATA_UNROLL
            for (std::size_t m = 0; m < MR; ++m) {
                STRATA_UNROLL
                for (std::size_t n = 0; n < NR; ++n) chain[m][n] = broadcast(T(0));
            }
            for (std::size_t k = c; k < in_chains; k += Chains) add(k, chain);
            STRATA_UNROLL
            for (std::size_t m = 0; m < MR; ++m) {
                STRATA_UNROLL
                for (std::size_t n = 0; n < NR; ++n) sums[m][n] = sums[m][n] + chain[m][n];
            }
        }
    }
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n)
            if (s.columns > n * L)
                store_partial<T>(s.y + m * s.out_step + n * L, sums[m][n], std::min(s.columns - n * L, L));
    }
}

/// Rows of the larger of the two tiles; the other one has a single row. A program so compiles few tiles.
template <std::size_t NR, std::size_t Chains>
inline constexpr std::size_t frames_tile_rows = NR == 2 && (Chains > 1 || vector_registers < 32) ? 4 : 8;

/// y (n, columns) = x (n, length) times a matrix (length, columns) in panels of NR vectors + bias, with the sums of
/// row_times_panel. Each panel is read once for a tile of frames. All layers of a program with the same NR and Chains
/// share the function.
template <std::size_t NR, std::size_t Chains, class T>
STRATA_NOINLINE void frames_product(std::size_t n, frames_tile_operands<T> s) {
    constexpr std::size_t width = NR * lanes<T>, rows = frames_tile_rows<NR, Chains>;
    const std::size_t columns = s.columns;
    for (std::size_t first = 0; first < columns; first += width) {
        frames_tile_operands<T> tile = s;
        tile.w += first * s.length;
        if (s.bias != nullptr) tile.bias += first;
        tile.y += first;
        tile.columns = std::min(columns - first, width);
        std::size_t m = 0;
        for (; m + rows <= n; m += rows) {
            frames_tile<rows, NR, Chains>(tile);
            tile.x += rows * s.row_step;
            tile.y += rows * s.out_step;
        }
        for (; m < n; ++m) {
            frames_tile<1, NR, Chains>(tile);
            tile.x += s.row_step;
            tile.y += s.out_step;
        }
    }
}

/// y (n, F) = activation(x (n, K) weights (K, F) + bias (F)) for n frames. Each frame is bit for bit what dense<1, K,
/// F> gives. Layouts are those of dense(). The activation runs over all values at once, so that it uses whole vectors.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_frames(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    const frames_tile_operands<T> operands{
        .x = x, .length = K, .row_step = K, .w = weights, .bias = bias, .y = y, .out_step = F, .columns = F};
    frames_product<panel_vectors<T>(F), row_chains<K>>(n, operands);
    if constexpr (!std::is_same_v<Activation, linear>) elementwise<Activation>(n * F, y, y);
}

/// y (n) = activation(x (n, K) times one column w (K) + bias) for n frames. Each is bit for bit what row_times_column
/// gives.
template <std::size_t K, class Activation, class T>
void column_frames(std::size_t n, const T* x, const T* w, const T* bias, T* y) {
    for (std::size_t m = 0; m < n; ++m) y[m] = row_times_column<K, linear>(x + m * K, w, bias);
    if constexpr (!std::is_same_v<Activation, linear>) elementwise<Activation>(n, y, y);
}

/// y (F) = activation(x (K) times a panel w (K, width) + bias) for one frame in each lane. The sums of a lane are those
/// of elements_times_panel, bit for bit. bias may be null.
template <std::size_t K, std::size_t F, class Activation, class V, class T>
STRATA_INLINE void lanes_of_frames_times_panel(const V* x, const T* w, std::size_t width, const T* bias, V* y) {
    constexpr std::size_t chains = row_chains<K>, in_chains = K / chains * chains;
    for (std::size_t f = 0; f < F; ++f) {
        V sums[chains];
        sums[0] = V(bias != nullptr ? bias[f] : T(0));
        STRATA_UNROLL
        for (std::size_t c = 1; c < chains; ++c) sums[c] = V(T(0));
        STRATA_UNROLL
        for (std::size_t k = 0; k < K; ++k) {
            V& sum = sums[k < in_chains ? k % chains : 0];
            sum = multiply_add(x[k], V(w[k * width + f]), sum);
        }
        STRATA_UNROLL
        for (std::size_t c = 1; c < chains; ++c) sums[0] = sums[0] + sums[c];
        y[f] = Activation::apply(sums[0]);
    }
}

/// activation(x (K) times one column w (K) + bias) for one frame in each lane. The sums of a lane are those of
/// lanes_times_column, bit for bit, where K is a power of two. bias may be null.
template <std::size_t K, class Activation, class V, class T>
STRATA_INLINE V lanes_of_frames_times_column(const V* x, const T* w, const T* bias) {
    V sums[K];
    STRATA_UNROLL
    for (std::size_t k = 0; k < K; ++k) sums[k] = multiply_add(x[k], V(w[k]), V(T(0)));
    STRATA_UNROLL
    for (std::size_t half = K / 2; half > 0; half /= 2) {
        STRATA_UNROLL
        for (std::size_t k = 0; k < half; ++k) sums[k] = sums[k] + sums[k + half];
    }
    return Activation::apply(sums[0] + V(bias != nullptr ? *bias : T(0)));
}

}  // namespace strata::inline STRATA_ISA::kernels
