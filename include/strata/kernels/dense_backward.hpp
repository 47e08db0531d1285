// dense_backward: training's dense for any number of rows, and the gradients of a dense layer's input and weights.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/team_part.hpp>
#include <strata/kernels/activation.hpp>
#include <strata/kernels/dense.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/tile.hpp>
#include <strata/kernels/weight_gradient.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Elements of a K x F weight matrix transposed for dense_data_gradient.
template <std::size_t K, std::size_t F, class T>
constexpr panels transposed_panels() {
    return {.rows = F, .columns = K, .width = panel_width<T>(K)};
}

/// transposed (F, K) = weights (K, F), both in panels; this thread's share. Where both widths are equal, a square block
/// of the one is contiguous in both, so that the transposition stays in L1.
template <std::size_t K, std::size_t F, class T>
constexpr void transpose_weights(const T* weights, T* transposed, team_part part) {
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

/// dx (n, K) = dy (n, F) times the transposed weights.
template <std::size_t K, std::size_t F, class T>
void dense_data_gradient(std::size_t n, const T* dy, const T* transposed, T* dx) {
    dense_rows<F, K, linear>(n, dy, transposed, static_cast<const T*>(nullptr), dx);
}

/// Elements that dense_weight_gradient wants to pack a block of inputs into, for tiles of at most `rows` rows.
template <std::size_t K, std::size_t F, class T>
constexpr std::size_t dense_gradient_scratch(std::size_t rows) {
    const std::size_t count = (F + panel_width<T>(F) - 1) / panel_width<T>(F);
    return count >= 4 ? rows * tile_rows(panel_vectors<T>(F)) : 0;
}

/// dkernel (K, F) = or += x (n, K) transposed times dy (n, F); this thread's share of the rows. dkernel lies in panels;
/// dy is read as by gradient_tile. Where each block of x meets many panels, it is packed first: rows K apart would
/// share cache sets.
template <std::size_t K, std::size_t F, class T>
void dense_weight_gradient(std::size_t n, const T* x, const T* dy, T* dkernel, bool first, team_part part,
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
