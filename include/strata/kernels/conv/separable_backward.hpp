// separable_backward: the gradient of a separable convolution's pointwise weights.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/gradient_arguments.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Elements of scratch of pointwise_weight_gradient for at most `rows` pixels of all samples: one packed block of
/// inputs, where it is packed.
template <std::size_t F, class T>
constexpr std::size_t pointwise_gradient_scratch(std::size_t rows) {
    return F > 3 * panel_width<T>(F) ? rows * tile_rows(panel_vectors<T>(F)) : 0;
}

/// dkernel (K, F) = or += the sum over samples of x (pixels, K) transposed times dy (pixels, F); this thread's share of
/// the rows. dkernel is in panels. Up to gradient_slack elements after the last dy are read. A block of x that more
/// than three panels use is packed into scratch first: its rows, K elements apart, would share cache sets.
template <std::size_t K, std::size_t F, class T>
void pointwise_weight_gradient(std::size_t pixels, const gradient_samples<T>& samples, gradient_sum<T> dkernel,
                               thread_slice part, [[maybe_unused]] T* scratch) {
    const auto [count, x, x_plane, dy, dy_plane] = samples;
    constexpr std::size_t NR = panel_vectors<T>(F), width = NR * lanes<T>;
    using rows = gradient_rows<K, NR>;
    constexpr bool packs = pointwise_gradient_scratch<F, T>(1) > 0;
    const item_range mine = part.of(rows::tiles);
    for (std::size_t tile = mine.begin; tile < mine.end; ++tile) {
        const std::size_t row = rows::row(tile), size = rows::size(tile);
        gradient_input in{
            .planes = count, .x_plane = x_plane, .dy_plane = dy_plane, .count = pixels, .x_step = K, .dy_step = F};
        const T* from = x + row;
        if constexpr (packs) {
            for (std::size_t n = 0; n < count; ++n)
                for (std::size_t i = 0; i < pixels; ++i)
                    std::copy_n(from + n * x_plane + i * K, size, scratch + (n * pixels + i) * size);
            in.x_plane = pixels * size;
            in.x_step = size;
            from = scratch;
        }
        for (std::size_t f = 0; f < F; f += width)
            rows::run(tile, in, from, dy + f, dkernel.values + f * K + row * width, std::min(width, F - f),
                      dkernel.overwrite);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
