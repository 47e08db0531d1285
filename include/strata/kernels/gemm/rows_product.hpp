// rows_product: many rows times a matrix in panels, in register tiles.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
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
inline constexpr bool prefetches_weights = K * F * sizeof(T) > largest_cached_weights;

/// Some of the tiles of Rows rows of x times one panel. x and y point to the first row of the first tile. The other
/// arguments, Prefetch too, are those of `tile`, which is why the list is long.
template <std::size_t Rows, std::size_t NR, class Activation, bool Prefetch = false, class T>
STRATA_INLINE void tiles_times_panel(tile_input in, const T* x, const T* w, const T* bias, T* y, std::size_t out_step,
                                     std::size_t columns, item_range range) {
    constexpr tile_split s = split(Rows, tile_rows(NR));
    std::size_t t = range.begin;
    for (; t < std::min(range.end, s.big_count); ++t, x += s.big * in.row_step, y += s.big * out_step)
        tile<s.big, NR, Activation, Prefetch>(in, x, w, bias, y, out_step, columns);
    if constexpr (s.small_count > 0)
        for (; t < range.end; ++t, x += (s.big - 1) * in.row_step, y += (s.big - 1) * out_step)
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

/// All panels of a matrix of F columns.
template <std::size_t F, class T>
inline constexpr item_range all_panels{.begin = 0, .end = (F + panel_width<T>(F) - 1) / panel_width<T>(F)};

/// Columns of panel p of a matrix of F columns. A constant where all panels are full, so that tiles need no branch.
template <std::size_t F, class T>
constexpr std::size_t columns_of_panel(std::size_t p) {
    constexpr std::size_t width = panel_width<T>(F);
    return F % width == 0 ? width : std::min(width, F - p * width);
}

/// Whether panel_product multiplies n rows by a K x F matrix faster than tiles that read x where it lies. Rows that are
/// a multiple of 4 KB long share the sets of an L1 cache of 8 ways. Of 2 KB, half of the rows of a tile do: packing is
/// then worth it where weights come from beyond L2 and few rows share the reading of them.
template <std::size_t K, std::size_t F, class T>
constexpr bool prefers_panel_product(std::size_t n) {
    constexpr std::size_t bytes = K * sizeof(T);
    if (n < 8) return false;
    return bytes % 4096 == 0 || (bytes % 2048 == 0 && prefetches_weights<K, F, T> && n <= 64);
}
/// Whether it does so for some numbers of rows.
template <std::size_t K, std::size_t F, class T>
inline constexpr bool may_use_panel_product = prefers_panel_product<K, F, T>(8);

/// Rows that panel_product packs at a time, and bytes of each row: 66 KB with the gaps. An L2 cache of 512 KB also
/// holds a block of a panel (64 KB where a panel has 32 floats) and the next block. An L1 cache of 32 KB holds the rows
/// of a tile.
inline constexpr std::size_t packed_rows = 32, packed_row_bytes = 2048;

/// Elements between packed rows: a row and one cache line, so that rows do not share cache sets.
template <class T>
inline constexpr std::size_t packed_step = (packed_row_bytes + 64) / sizeof(T);

/// The operands of one tile of panel_product: packed rows x, and a block w of a panel (depth, NR vectors). Sums start
/// with `start`, which is padded to the panel, or, where it is null, with y. Each step of depth prefetches the cache
/// line at `next`, then advances `next` by next_step elements; steps of several elements by as much for each.
template <class T>
struct block_operands {
    std::size_t depth = 0;
    const T* x = nullptr;
    const T* w = nullptr;
    const T* start = nullptr;
    const T* next = nullptr;
    std::size_t next_step = 0;
};

/// y (MR, `columns` of a panel) = start + x w. Products are added in the order of depth, as in `tile`, so that both
/// give the same bits. Only `columns` of y are written.
template <std::size_t MR, std::size_t NR, class T>
STRATA_NOINLINE void block_tile(const block_operands<T>& in, T* y, std::size_t out_step, std::size_t columns) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[MR][NR];
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n) {
            if (in.start != nullptr) sums[m][n] = load(in.start + n * L);
            else if (columns > n * L) sums[m][n] = load_partial(y + m * out_step + n * L, columns - n * L);
            else sums[m][n] = broadcast(T(0));
        }
    }
    const T* a = in.x;
    const T* w = in.w;
    const T* next = in.next;
    const std::size_t next_step = in.next_step;
    const auto step = [&]<std::size_t Depth>(std::integral_constant<std::size_t, Depth>) STRATA_INLINE_CALL {
        STRATA_KEEP_LOOP(w);
        constexpr std::size_t bytes = Depth * NR * L * sizeof(T);
        constexpr std::size_t lines = std::clamp<std::size_t>(bytes / cache_line_bytes, 1, Depth);
        STRATA_UNROLL
        for (std::size_t line = 0; line < lines; ++line, next += Depth / lines * next_step) STRATA_PREFETCH(next);
        add_products<Depth, MR, NR>(a, packed_step<T>, w, sums);
        a += Depth;
        w += Depth * NR * L;
    };
    const T* const end = a + in.depth;
    if constexpr (constexpr std::size_t depth = largest_depth<T>; depth > 1)
        while (static_cast<std::size_t>(end - a) >= depth) step(std::integral_constant<std::size_t, depth>{});
    while (a != end) step(std::integral_constant<std::size_t, 1>{});
    STRATA_UNROLL
    for (std::size_t m = 0; m < MR; ++m) {
        STRATA_UNROLL
        for (std::size_t n = 0; n < NR; ++n)
            if (columns > n * L) store_partial<T>(y + m * out_step + n * L, sums[m][n], columns - n * L);
    }
}

template <class T>
using block_tile_function = void (*)(const block_operands<T>&, T*, std::size_t, std::size_t);

/// block_tile for 1 to largest_batch_tile rows. Null for sizes that next_batch_tile does not return.
template <std::size_t NR, class T, std::size_t... M>
constexpr auto block_tiles_by_rows(std::index_sequence<M...>) {
    const auto tile_of = []<std::size_t MR>(std::integral_constant<std::size_t, MR>) -> block_tile_function<T> {
        if constexpr (next_batch_tile(MR) == MR) return &block_tile<MR, NR, T>;
        else return nullptr;
    };
    return std::array{tile_of(std::integral_constant<std::size_t, M + 1>{})...};
}

/// Applies an activation to (rows, columns) of y, in place. Rows lie `step` elements apart.
template <class T>
using block_function = void (*)(std::size_t rows, std::size_t columns, T* y, std::size_t step);

/// The block_function of an activation; null for `linear`.
template <class Activation, class T>
constexpr block_function<T> activation_of_block() {
    if constexpr (std::is_same_v<Activation, linear>) return nullptr;
    else
        return [](std::size_t rows, std::size_t columns, T* y, std::size_t step) {
            for (std::size_t m = 0; m < rows; ++m, y += step) elementwise<Activation>(columns, y, y);
        };
}

/// A range of panels of y (n, F) = activation(x (n, K) weights (K, F) + bias (F)). The layouts are those of dense().
/// The loop over panels is outside the loop over rows: packed_rows rows use a block of a panel, while the next block is
/// prefetched evenly over the steps of their tiles. packed_row_bytes of each of these rows are packed at a time,
/// because they share cache sets in x. Sizes are not template parameters, so that all layers of a program share the
/// function; that is why the list of arguments is long.
template <std::size_t NR, class T>
STRATA_NOINLINE void panel_product(std::size_t n, std::size_t K, std::size_t F, const T* x, const T* weights,
                                   const T* bias, T* y, item_range range, block_function<T> activation) {
    constexpr std::size_t width = NR * lanes<T>;
    static constexpr auto tiles = block_tiles_by_rows<NR, T>(std::make_index_sequence<largest_batch_tile>{});
    static constexpr T zeros[width]{};
    alignas(64) T packed[packed_rows * packed_step<T>];
    const tile_split row_blocks = split(n, packed_rows), depths = split(K, packed_row_bytes / sizeof(T));
    for (std::size_t block = 0; block < row_blocks.count(); ++block) {
        const std::size_t rows = block < row_blocks.big_count ? row_blocks.big : row_blocks.big - 1;
        std::size_t tile_count = 0;
        for (std::size_t row = 0; row < rows; row += next_batch_tile(rows - row)) ++tile_count;
        for (std::size_t d = 0, k = 0; d < depths.count(); ++d) {
            const std::size_t depth = d < depths.big_count ? depths.big : depths.big - 1;
            for (std::size_t m = 0; m < rows; ++m) std::copy_n(x + m * K + k, depth, packed + m * packed_step<T>);
            for (std::size_t p = range.begin; p < range.end; ++p) {
                const T* w = weights + p * K * width + k * width;
                const T* next = p + 1 < range.end ? w + K * width
                                : k + depth < K   ? weights + range.begin * K * width + (k + depth) * width
                                                  : w;
                const T* start = k > 0 ? nullptr : bias != nullptr ? bias + p * width : zeros;
                const std::size_t columns = std::min(width, F - p * width);
                block_operands<T> in{.depth = depth,
                                     .x = packed,
                                     .w = w,
                                     .start = start,
                                     .next = next,
                                     .next_step = (width + tile_count - 1) / tile_count};
                for (std::size_t row = 0, size = 0; row < rows; row += size) {
                    size = next_batch_tile(rows - row);
                    T* to = y + row * F + p * width;
                    tiles[size - 1](in, to, F, columns);
                    if (activation != nullptr && k + depth == K) activation(size, columns, to, F);
                    in.x += size * packed_step<T>;
                    in.next += depth * in.next_step;
                }
            }
            k += depth;
        }
        x += rows * K;
        y += rows * F;
    }
}

/// A range of panels of y (n, F) = activation(x (n, K) weights (K, F) + bias (F)), by panel_product.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_by_panels(std::size_t n, const T* x, const T* weights, const T* bias, T* y,
                     item_range range = all_panels<F, T>) {
    panel_product<panel_vectors<T>(F)>(n, K, F, x, weights, bias, y, range, activation_of_block<Activation, T>());
}

/// y (n, F) = activation(x (n, K) weights (K, F) + bias (F)), as dense(), for a number of rows known at run time.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_rows(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    if constexpr (may_use_panel_product<K, F, T>) {
        if (prefers_panel_product<K, F, T>(n)) return dense_by_panels<K, F, Activation>(n, x, weights, bias, y);
    }
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    for (std::size_t f = 0; f < F; f += width)
        any_rows_times_panel<NR, Activation, prefetches_weights<K, F, T>>(
            tile_input{.length = K, .row_step = K}, n, x, weights + f * K, bias != nullptr ? bias + f : nullptr, y + f,
            F, std::min(width, F - f));
}

}  // namespace strata::inline STRATA_ISA::kernels
