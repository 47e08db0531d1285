// dense_backward: the forward pass of a dense layer in training, for any number of rows, and its data gradient and
// weight gradient.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The layout of weights (K, F) transposed for dense_data_gradient.
template <std::size_t K, std::size_t F, class T>
constexpr panels transposed_panels() {
    return {.rows = F, .columns = K, .width = panel_width<T>(K)};
}

/// transposed (F, K) = weights (K, F), both in panels; this thread's share. Blocks are as wide as the panels of both,
/// so that a block stays in the L1 cache.
template <std::size_t K, std::size_t F, class T>
constexpr void transpose_weights(const T* weights, T* transposed, thread_slice part) {
    constexpr panels from{.rows = K, .columns = F, .width = panel_width<T>(F)}, to = transposed_panels<K, F, T>();
    const item_range mine = part.of(to.count());
    for (std::size_t p = mine.begin; p < mine.end; ++p) {
        const std::size_t k0 = p * to.width, k1 = std::min(k0 + to.width, K);
        for (std::size_t f0 = 0; f0 < F; f0 += from.width) {
            const std::size_t f1 = std::min(f0 + from.width, F);
            for (std::size_t k = k0; k < k1; ++k)
                for (std::size_t f = f0; f < f1; ++f) transposed[to.offset(f, k)] = weights[from.offset(k, f)];
        }
    }
}

/// The register tile for `rows` rows, one of the sizes of next_batch_tile. It has one argument more than `tile`: the
/// number of rows, which is a template parameter there.
template <std::size_t NR, bool Prefetch, class T>
void batch_tile(std::size_t rows, const tile_input& in, const T* x, const T* w, const T* bias, T* y,
                std::size_t out_step, std::size_t columns) {
    const auto run = [&]<std::size_t MR>(std::integral_constant<std::size_t, MR>) {
        if constexpr (MR <= largest_batch_tile) tile<MR, NR, linear, Prefetch>(in, x, w, bias, y, out_step, columns);
    };
    switch (rows) {
        case 1:
            return run(std::integral_constant<std::size_t, 1>{});
        case 2:
            return run(std::integral_constant<std::size_t, 2>{});
        case 3:
            return run(std::integral_constant<std::size_t, 3>{});
        case 4:
            return run(std::integral_constant<std::size_t, 4>{});
        case 5:
            return run(std::integral_constant<std::size_t, 5>{});
        case 6:
            return run(std::integral_constant<std::size_t, 6>{});
        case 7:
            return run(std::integral_constant<std::size_t, 7>{});
        case 8:
            return run(std::integral_constant<std::size_t, 8>{});
        case 10:
            return run(std::integral_constant<std::size_t, 10>{});
        case 12:
            return run(std::integral_constant<std::size_t, 12>{});
        default:
            return run(std::integral_constant<std::size_t, largest_batch_tile>{});
    }
}

/// y (n, F) = x (n, K) weights (K, F) + bias (F). The layouts are those of dense(). Sizes are not template parameters,
/// so that all layers of a program share the function.
template <std::size_t NR, bool Prefetch, class T>
STRATA_NOINLINE void batch_product(std::size_t n, std::size_t K, std::size_t F, const T* x, const T* weights,
                                   const T* bias, T* y) {
    constexpr std::size_t width = NR * lanes<T>;
    for (std::size_t f = 0; f < F; f += width)
        for (std::size_t row = 0, rows = 0; row < n; row += rows) {
            rows = next_batch_tile(n - row);
            batch_tile<NR, Prefetch>(rows, tile_input{.length = K, .row_step = K}, x + row * K, weights + f * K,
                                     bias != nullptr ? bias + f : nullptr, y + row * F + f, F, std::min(width, F - f));
        }
}

/// Whether a product has one vector of outputs and few inputs, as in nets of a few units.
template <std::size_t K, std::size_t F, class T>
inline constexpr bool is_small_product = F <= lanes<T> && K <= 16;

/// batch_product of a small product, in tiles of 8, 4 or 1 rows. The last tile begins where it ends with the last row:
/// the rows that it computes again get the same bits. Tiles of more sizes take longer to compile than all else of such
/// a net, and save some nanoseconds.
template <class T>
STRATA_NOINLINE void small_batch_product(std::size_t n, std::size_t K, std::size_t F, const T* x, const T* weights,
                                         const T* bias, T* y) {
    const auto run = [&]<std::size_t MR>(std::integral_constant<std::size_t, MR>) {
        for (std::size_t begin = 0; begin < n; begin += MR) {
            const std::size_t row = std::min(begin, n - MR);
            tile<MR, 1, linear>(tile_input{.length = K, .row_step = K}, x + row * K, weights, bias, y + row * F, F, F);
        }
    };
    if (n >= 8) return run(std::integral_constant<std::size_t, 8>{});
    if (n >= 4) return run(std::integral_constant<std::size_t, 4>{});
    run(std::integral_constant<std::size_t, 1>{});
}

/// y (n, F) = activation(x (n, K) weights (K, F) + bias (F)). The layouts are those of dense(). The activation is a
/// second pass over y, so that the tiles are not compiled once for each activation.
template <std::size_t K, std::size_t F, class Activation, class T>
void dense_batch(std::size_t n, const T* x, const T* weights, const T* bias, T* y) {
    if constexpr (may_use_panel_product<K, F, T>) {
        if (prefers_panel_product<K, F, T>(n)) return dense_by_panels<K, F, Activation>(n, x, weights, bias, y);
    }
    if constexpr (is_small_product<K, F, T>) small_batch_product(n, K, F, x, weights, bias, y);
    else batch_product<panel_vectors<T>(F), prefetches_weights<K, F, T>>(n, K, F, x, weights, bias, y);
    if constexpr (!std::is_same_v<Activation, linear>) elementwise<Activation>(n * F, y, y);
}

/// dx (n, K) = dy (n, F) times the output of transpose_weights (F, K). dx is overwritten.
template <std::size_t K, std::size_t F, class T>
void dense_data_gradient(std::size_t n, const T* dy, const T* transposed, T* dx) {
    dense_batch<F, K, linear>(n, dy, transposed, null_bias<T>, dx);
}

/// Elements of scratch of dense_weight_gradient for at most `rows` samples: one packed block of inputs, where it is
/// packed.
template <std::size_t K, std::size_t F, class T>
constexpr std::size_t dense_gradient_scratch(std::size_t rows) {
    const std::size_t count = (F + panel_width<T>(F) - 1) / panel_width<T>(F);
    return count >= 4 ? rows * tile_rows(panel_vectors<T>(F)) : 0;
}

/// dkernel (K, F), in panels, = or += x (n, K) transposed times dy (n, F); this thread's share of the rows. `first`: it
/// is overwritten. Up to gradient_slack elements after the last dy are read. A block of x that four or more panels use
/// is packed into scratch first: its rows, K elements apart, would share cache sets.
template <std::size_t K, std::size_t F, class T>
void dense_weight_gradient(std::size_t n, const T* x, const T* dy, T* dkernel, bool first, thread_slice part,
                           [[maybe_unused]] T* scratch) {
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    using rows = gradient_rows<K, NR>;
    constexpr bool packs = dense_gradient_scratch<K, F, T>(1) > 0;
    const item_range mine = part.of(rows::tiles);
    for (std::size_t tile = mine.begin; tile < mine.end; ++tile) {
        const std::size_t row = rows::row(tile), size = rows::size(tile);
        gradient_input in{.count = n, .x_step = K, .dy_step = F};
        const T* from = x + row;
        if constexpr (packs) {
            for (std::size_t i = 0; i < n; ++i) std::copy_n(from + i * K, size, scratch + i * size);
            in.x_step = size;
            from = scratch;
        }
        for (std::size_t f = 0; f < F; f += width)
            rows::run(tile, in, from, dy + f, dkernel + f * K + row * width, std::min(width, F - f), first);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
