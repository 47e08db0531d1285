// rows_product: many rows times a matrix in panels, in register tiles.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Bytes of weights above which a product prefetches them: it assumes that larger ones are not in the L2 cache.
inline constexpr std::size_t largest_cached_weights = std::size_t{128} << 10;

template <std::size_t K, std::size_t F, class T>
inline constexpr bool asks_for_weights = K * F * sizeof(T) > largest_cached_weights;

/// Some of the tiles of Rows rows of x times one panel. x and y point to the first row of the first tile. The other
/// arguments, Prefetch too, are those of `tile`, which is why the list is long.
template <std::size_t Rows, std::size_t NR, class Activation, bool Prefetch = false, class T>
STRATA_INLINE void tiles_times_panel(tile_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                                     std::size_t columns, item_range which) {
    constexpr tile_split s = split(Rows, tile_rows(NR));
    std::size_t t = which.begin;
    for (; t < std::min(which.end, s.big_count); ++t, x += s.big * in.row_step, y += s.big * out_step)
        tile<s.big, NR, Activation, Prefetch>(in, x, w, bias, y, out_step, columns);
    if constexpr (s.small_count > 0)
        for (; t < which.end; ++t, x += (s.big - 1) * in.row_step, y += (s.big - 1) * out_step)
            tile<s.big - 1, NR, Activation, Prefetch>(in, x, w, bias, y, out_step, columns);
}

/// Rows rows of x times one panel, in tiles of two sizes. The arguments are those of `tile`.
template <std::size_t Rows, std::size_t NR, class Activation, bool Prefetch = false, class T>
STRATA_INLINE void rows_times_panel(tile_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                                    std::size_t columns) {
    tiles_times_panel<Rows, NR, Activation, Prefetch>(in, x, w, bias, y, out_step, columns,
                                                      {0, split(Rows, tile_rows(NR)).count()});
}

template <std::size_t NR, class Activation, bool Prefetch, class T, std::size_t... M>
constexpr auto tiles_by_rows(std::index_sequence<M...>) {
    return std::array{&tile<M + 1, NR, Activation, Prefetch, T>...};
}

/// `rows` rows of x times one panel, in tiles of two sizes. The sums of a row do not depend on its tile. The other
/// arguments, Prefetch too, are those of `tile`, which is why the list is long.
template <std::size_t NR, class Activation, bool Prefetch = false, class T>
void any_rows_times_panel(const tile_input& in, std::size_t rows, const T* x, const T* w, const T* bias, T* y,
                          std::size_t out_step, std::size_t columns) {
    static constexpr auto tiles = tiles_by_rows<NR, Activation, Prefetch, T>(std::make_index_sequence<tile_rows(NR)>{});
    const tile_split s = split(rows, tile_rows(NR));
    for (std::size_t t = 0; t < s.big_count; ++t, x += s.big * in.row_step, y += s.big * out_step)
        tiles[s.big - 1](in, x, w, bias, y, out_step, columns);
    for (std::size_t t = 0; t < s.small_count; ++t, x += (s.big - 1) * in.row_step, y += (s.big - 1) * out_step)
        tiles[s.big - 2](in, x, w, bias, y, out_step, columns);
}

/// Whether the rows of a tile, K elements apart, share sets of an L1 cache of 8 ways.
template <class T>
constexpr bool shares_cache_sets(std::size_t K) {
    return K * sizeof(T) % 4096 == 0;
}

template <std::size_t NR, bool Prefetch, class T, std::size_t... M>
constexpr auto partial_tiles_by_rows(std::index_sequence<M...>) {
    return std::array{&partial_tile<M + 1, NR, Prefetch, T>...};
}

/// As dense_rows, where the rows of x share cache sets: a tile's rows are packed on the stack, at most 4 KB of each at
/// a time, a cache line apart from what would share sets again; the sums of a block of depth join those before.
template <std::size_t K, std::size_t F, class Activation, class T>
void packed_dense_rows(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>, MR = tile_rows(NR);
    constexpr std::size_t KC = std::min(K, 4096 / sizeof(T)), step = KC + 64 / sizeof(T);
    static constexpr auto tiles =
        partial_tiles_by_rows<NR, asks_for_weights<K, F, T>, T>(std::make_index_sequence<MR>{});
    static constexpr T zeros[width]{};
    alignas(64) T packed[MR * step];
    const tile_split s = split(n, MR);
    for (std::size_t t = 0; t < s.count(); ++t) {
        const std::size_t rows = t < s.big_count ? s.big : s.big - 1;
        for (std::size_t k = 0; k < K; k += KC) {
            const std::size_t depth = std::min(KC, K - k);
            for (std::size_t m = 0; m < rows; ++m) std::copy_n(x + m * K + k, depth, packed + m * step);
            for (std::size_t f = 0; f < F; f += width) {
                const T* begin = k > 0 ? nullptr : bias != nullptr ? bias + f : zeros;
                tiles[rows - 1](tile_input{.length = depth, .row_step = step}, packed, weights + f * K + k * width,
                                begin, y + f, F, std::min(width, F - f));
            }
        }
        elementwise<Activation>(rows * F, static_cast<const T*>(y), y);
        x += rows * K;
        y += rows * F;
    }
}

/// y (n, F) = activation(x (n, K) weights (K, F) + bias (F)), as dense() but for a number of rows known at run time.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_rows(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    if constexpr (shares_cache_sets<T>(K)) {
        if (n >= 8) return packed_dense_rows<K, F, Activation>(n, x, weights, bias, y);
    }
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    for (std::size_t f = 0; f < F; f += width)
        any_rows_times_panel<NR, Activation, asks_for_weights<K, F, T>>(
            tile_input{.length = K, .row_step = K}, n, x, weights + f * K, bias != nullptr ? bias + f : nullptr, y + f,
            F, std::min(width, F - f));
}

}  // namespace strata::inline STRATA_ISA::kernels
