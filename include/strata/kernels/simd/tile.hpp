// tile: the micro-kernel that dense and convolution layers share, and the split of outputs into register tiles.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A null bias. A null pointer literal would not deduce T.
template <class T>
inline constexpr const T* null_bias = nullptr;

/// Vectors of a panel of a weight matrix (NR of a register tile). Two, so that one broadcast feeds two multiply-adds;
/// one where one vector holds all columns.
template <class T>
constexpr std::size_t panel_vectors(std::size_t columns) {
    return columns <= lanes<T> ? 1 : 2;
}

/// Columns of a panel of a weight matrix.
template <class T>
constexpr std::size_t panel_width(std::size_t columns) {
    return panel_vectors<T>(columns) * lanes<T>;
}

/// Rows of the largest register tile (MR) for panels of `vectors` vectors: accumulators, weights and one broadcast fill
/// the registers. With products by lanes, a vector of each row takes the place of the broadcast.
constexpr std::size_t tile_rows(std::size_t vectors) {
    if (has_lane_products) return vectors == 1 ? 14 : 8;
    return (vector_registers == 32 ? 28 : 12) / vectors;
}

/// Rows split into tiles of two sizes: big_count tiles of `big` rows, then small_count tiles of `big` - 1 rows.
struct tile_split {
    std::size_t big = 0;
    std::size_t big_count = 0;
    std::size_t small_count = 0;

    constexpr std::size_t count() const { return big_count + small_count; }
    /// The rows of a range of tiles.
    constexpr item_range rows(item_range tiles) const {
        const auto begin = [&](std::size_t tile) { return tile * big - (tile > big_count ? tile - big_count : 0); };
        return {.begin = begin(tiles.begin), .end = begin(tiles.end)};
    }
};
/// `count` rows split into the fewest tiles of at most `largest` rows.
constexpr tile_split split(std::size_t count, std::size_t largest) {
    if (count == 0) return {};
    const std::size_t tiles = (count + largest - 1) / largest, big = (count + tiles - 1) / tiles;
    const std::size_t big_count = count - (big - 1) * tiles;
    return {.big = big, .big_count = big_count, .small_count = tiles - big_count};
}

/// Rows of the largest tile of a batch.
inline constexpr std::size_t largest_batch_tile = tile_rows(2);

/// Rows of the next tile where `left` rows of a batch remain: 1 to 8, or an even number. All layers and batch sizes
/// share these few tiles, so that a program compiles each once. The tiles of a batch still differ little in size.
constexpr std::size_t next_batch_tile(std::size_t left) {
    if (left >= 2 * largest_batch_tile) return largest_batch_tile;
    const std::size_t half = (left + 1) / 2;
    if (left > largest_batch_tile) return half <= 8 ? half : (half + 1) / 2 * 2;
    return left <= 8 || left % 2 == 0 ? left : half;
}

/// The input of one row of a register tile: `taps` groups of `runs` runs of `length` contiguous elements. Rows of the
/// tile lie row_step apart. Steps count elements. A dense layer has one run; a convolution a tap for each row of the
/// window and a run for each of its columns.
struct tile_input {
    std::size_t taps = 1;
    std::size_t tap_step = 0;
    std::size_t runs = 1;
    std::size_t run_step = 0;
    std::size_t length = 0;
    std::size_t row_step = 0;
};

inline constexpr std::size_t cache_line_bytes = 64;

/// The distance, in bytes, at which a tile prefetches its weights.
inline constexpr std::size_t prefetch_bytes = std::size_t{16} << 10;

/// Elements of a row that a step of a tile takes: one, which is broadcast, or a vector, whose lanes are factors.
template <class T>
inline constexpr std::size_t largest_depth = has_lane_products ? lanes<T> : 1;

/// sums (MR, NR vectors) += Depth elements of MR rows times Depth rows of a panel w. Rows lie row_step elements apart.
/// Products are added in the order of depth.
template <std::size_t Depth, std::size_t MR, std::size_t NR, class T>
STRATA_INLINE void add_products(const T* a, std::size_t row_step, const T* w, simd<T> (&sums)[MR][NR]) {
    constexpr std::size_t L = lanes<T>;
    if constexpr (Depth == 1) {
        simd<T> b[NR];
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n) b[n] = load_once(w + n * L);
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            const simd<T> value = broadcast(a[m * row_step]);
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) sums[m][n] = multiply_add(value, b[n], sums[m][n]);
        }
    } else {
        simd<T> rows[MR];
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) rows[m] = load(a + m * row_step);
        const auto add = [&]<std::size_t Lane>(std::integral_constant<std::size_t, Lane>) STRATA_INLINE_CALL {
            simd<T> b[NR];
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) b[n] = load(w + (Lane * NR + n) * L);
            STRATA_UNROLL
            for (std::size_t m = 0; m < MR; ++m) {
                STRATA_UNROLL
                for (std::size_t n = 0; n < NR; ++n) sums[m][n] = multiply_add_lane<Lane>(rows[m], b[n], sums[m][n]);
            }
        };
        [&]<std::size_t... Lane>(std::index_sequence<Lane...>) STRATA_INLINE_CALL {
            (add(std::integral_constant<std::size_t, Lane>{}), ...);
        }(std::make_index_sequence<Depth>{});
    }
}

/// sums (MR, NR vectors) += MR input rows times a panel w: for each k, NR loads, MR broadcasts, MR NR multiply-adds.
/// The loop over k is not unrolled: the compiler would keep broadcasts of several k and spill. With products by lanes a
/// step takes as many k as a vector has lanes, and the MR loads serve all of them.
template <std::size_t MR, std::size_t NR, bool Prefetch = false, class T>
STRATA_INLINE void multiply_accumulate(const tile_input& in, const T* x, const T* w, simd<T> (&sums)[MR][NR]) {
    constexpr std::size_t L = lanes<T>;
    const std::size_t row_step = in.row_step;
    const auto step = [&]<std::size_t Depth>(std::integral_constant<std::size_t, Depth>, const T*& a)
                          STRATA_INLINE_CALL {
                              STRATA_KEEP_LOOP(w);
                              if constexpr (Prefetch) {
                                  constexpr std::size_t each = Depth == 1 ? 1 : cache_line_bytes / (L * sizeof(T));
                                  STRATA_UNROLL
                                  for (std::size_t n = 0; n < Depth * NR; n += each)
                                      STRATA_PREFETCH(w + prefetch_bytes / sizeof(T) + n * L);
                              }
                              add_products<Depth, MR, NR>(a, row_step, w, sums);
                              a += Depth;
                              w += Depth * NR * L;
                          };
    for (std::size_t tap = 0; tap < in.taps; ++tap)
        for (std::size_t run = 0; run < in.runs; ++run) {
            const T* a = x + tap * in.tap_step + run * in.run_step;
            const T* const end = a + in.length;
            if constexpr (constexpr std::size_t depth = largest_depth<T>; depth > 1)
                while (static_cast<std::size_t>(end - a) >= depth)
                    step(std::integral_constant<std::size_t, depth>{}, a);
            while (a != end) step(std::integral_constant<std::size_t, 1>{}, a);
        }
}

/// The micro-kernel: y (MR, columns) = activation(x (MR, k) times a panel w (k, NR vectors) + bias). Rows of y lie
/// out_step elements apart; only the first `columns` of the panel are written. bias is padded to the panel and may be
/// null. No pointer needs alignment; y overlaps nothing that is read. Prefetch: weights and output are prefetched;
/// slower when they are already cached.
template <std::size_t MR, std::size_t NR, class Activation, bool Prefetch = false, class T>
STRATA_NOINLINE void tile(tile_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                          std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[MR][NR];
    STRATA_UNROLL
    for (std::size_t n = 0; n < NR; ++n) {
        const simd<T> start = bias != nullptr ? load(bias + n * L) : broadcast(T(0));
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) sums[m][n] = start;
    }
    if constexpr (Prefetch) {
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) STRATA_PREFETCH_TO_WRITE(y + m * out_step + n * L);
            STRATA_PREFETCH_TO_WRITE(y + m * out_step + NR * L - 1);
        }
    }
    multiply_accumulate<MR, NR, Prefetch>(in, x, w, sums);
    STRATA_UNROLL
    for (std::size_t n = 0; n < NR; ++n) {
        if (n > 0 && columns <= n * L) break;
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) sums[m][n] = Activation::apply(sums[m][n]);
    }
    if (columns >= NR * L) {
        STRATA_UNROLL
        for (std::size_t m = 0; m < MR; ++m) {
            STRATA_UNROLL
            for (std::size_t n = 0; n < NR; ++n) store<T>(y + m * out_step + n * L, sums[m][n]);
        }
        return;
    }
    STRATA_UNROLL
    for (std::size_t n = 0; n < NR; ++n) {
        if (n > 0 && columns <= n * L) return;
        T* const to = y + n * L;
        if (n + 1 < NR && columns >= (n + 1) * L) {
            STRATA_UNROLL
            for (std::size_t m = 0; m < MR; ++m) store<T>(to + m * out_step, sums[m][n]);
        } else {
            STRATA_UNROLL
            for (std::size_t m = 0; m < MR; ++m) store_partial<T>(to + m * out_step, sums[m][n], columns - n * L);
        }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
