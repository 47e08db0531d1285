// winograd: convolutions with 3x3 windows and fewer multiplications, Lavin and Gray 2016, in tiles of 4x4 or 2x2
// outputs.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/conv/winograd_transform.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// How a convolution is cut: tiles of m by m outputs, `rows` rows of tiles at once. Channels are stored in whole
/// vectors.
struct winograd_plan {
    std::size_t m = 0;
    std::size_t positions = 0;
    std::size_t in_channels = 0;
    std::size_t in_stored = 0;
    std::size_t out_stored = 0;
    std::size_t across = 0;
    std::size_t down = 0;
    std::size_t rows = 0;
    panels weights{};

    /// Elements of the transformed weights.
    constexpr std::size_t packed_size() const { return positions * weights.stored(); }
    /// Tiles at once for so many output rows.
    constexpr std::size_t tiles(std::size_t out_rows) const { return std::min(rows, (out_rows + m - 1) / m) * across; }
    /// Elements of scratch: transformed inputs, products, one tile with its padding.
    constexpr std::size_t scratch(std::size_t out_rows) const {
        return positions * (tiles(out_rows) * (in_stored + out_stored) + in_channels);
    }
};

/// What may be transformed at once and stay in an L2 cache of 1 MB with the weights of a position.
inline constexpr std::size_t winograd_bytes = std::size_t{800} << 10;

/// Rows of tiles: enough for one register tile, as long as what is transformed stays in L2.
template <class T>
constexpr winograd_plan plan_winograd(const conv2d_geometry& g, std::size_t m) {
    const auto up = [](std::size_t n, std::size_t unit) { return (n + unit - 1) / unit; };
    winograd_plan plan{.m = m, .positions = winograd_positions(m), .in_channels = g.in_channels};
    plan.weights = {.rows = g.in_channels, .columns = g.out_channels, .width = panel_width<T>(g.out_channels)};
    plan.in_stored = up(g.in_channels, lanes<T>) * lanes<T>;
    plan.out_stored = plan.weights.count() * plan.weights.width;
    plan.across = up(g.width.output, m);
    plan.down = up(g.height.output, m);
    const std::size_t row = plan.positions * plan.across * (plan.in_stored + plan.out_stored) * sizeof(T);
    plan.rows = std::min({std::max<std::size_t>(1, winograd_bytes / row), up(tile_rows(2), plan.across), plan.down});
    return plan;
}

/// Which tiles are fastest for a convolution: 4 or 2 for Winograd's, 0 for the direct kernel. A model of the machine in
/// cycles: a multiply-add of vectors takes one, what is transformed ten per vector and position, weights beyond L2
/// stream at seven bytes a cycle. It is one for all scalars. With groups g is one of them.
constexpr std::size_t winograd_tile(const conv2d_geometry& g, std::size_t groups = 1) {
    for (const sliding_axis& axis : {g.height, g.width})
        if (axis.kernel != 3 || axis.stride != 1 || axis.dilation != 1) return 0;
    std::size_t best = 0, least = 0;
    for (const std::size_t m : {std::size_t{2}, std::size_t{4}}) {
        const winograd_plan plan = plan_winograd<float>(g, m);
        const std::size_t in_vectors = plan.in_stored / lanes<float>, out_vectors = plan.out_stored / lanes<float>;
        const std::size_t positions = plan.across * plan.down * plan.positions;
        const std::size_t products = positions * g.in_channels * out_vectors,
                          bytes = plan.packed_size() * sizeof(float);
        const std::size_t passes = (plan.down + plan.rows - 1) / plan.rows;
        const std::size_t streams = groups * bytes > (std::size_t{512} << 10) ? passes * bytes / 7 : 0;
        const std::size_t cost = std::max(products, streams) + positions * (in_vectors + out_vectors) * 10;
        if (best == 0) least = g.height.output * g.width.output * 9 * g.in_channels * out_vectors / 10 * 9;
        if (cost < least) {
            least = cost;
            best = m;
        }
    }
    return best;
}

/// to (positions, Width; pos_step apart) = the transform of the windows of Width channels: tap k of channel f lies at
/// windows[k tap_step + f].
template <std::size_t M, std::size_t Width, class T>
constexpr void winograd_windows(const T* windows, std::size_t tap_step, T* to, std::size_t pos_step) {
    constexpr std::size_t A = M + 2;
    constexpr auto& g = winograd_transform<M>::window;
    for (std::size_t i = 0; i < A; ++i)
        for (std::size_t j = 0; j < A; ++j)
            for (std::size_t f = 0; f < Width; ++f) {
                T sum = 0;
                for (std::size_t k = 0; k < 9; ++k)
                    sum += static_cast<T>(g[i][k / 3] * g[j][k % 3]) * windows[k * tap_step + f];
                to[(i * A + j) * pos_step + f] = sum;
            }
}

/// The weights (3 3 ic, oc; in panels) transformed: (positions, ic, oc), each matrix in panels; this thread's share.
template <conv2d_geometry G, std::size_t M, class T>
constexpr void winograd_weights(const T* weights, T* transformed, thread_slice part) {
    constexpr panels to = plan_winograd<T>(G, M).weights;
    constexpr std::size_t C = G.in_channels, row = C * to.width;
    const item_range mine = part.of(to.count() * C);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        const std::size_t p = item / C, c = item % C;
        winograd_windows<M, to.width>(weights + p * 9 * row + c * to.width, row, transformed + p * row + c * to.width,
                                      to.stored());
    }
}

/// The same for the convolution G that is the mirror of another one, from the weights (3 3 oc, ic; in panels) of that.
template <conv2d_geometry G, std::size_t M, class T>
constexpr void winograd_mirrored_weights(const T* weights, T* transformed, thread_slice part) {
    constexpr panels to = plan_winograd<T>(G, M).weights;
    constexpr panels from{.rows = 9 * G.out_channels, .columns = G.in_channels, .width = panel_width<T>(G.in_channels)};
    constexpr std::size_t C = G.in_channels, F = G.out_channels, row = C * to.width;
    const item_range mine = part.of(to.count() * C);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        const std::size_t p = item / C, c = item % C, first = p * to.width, count = std::min(to.width, F - first);
        T windows[9 * to.width]{};
        for (std::size_t k = 0; k < 9; ++k)
            for (std::size_t f = 0; f < count; ++f)
                windows[k * to.width + f] = weights[from.offset((8 - k) * F + first + f, c)];
        winograd_windows<M, to.width>(static_cast<const T*>(windows), to.width, transformed + p * row + c * to.width,
                                      to.stored());
    }
}

/// Output rows `out`, which begin at a multiple of M, of a convolution with a 3x3 window and strides of 1. x begins at
/// input row `in_begin`, y at row out.begin. transformed is what winograd_weights made; bias lies in panels and may be
/// null. With groups G is one of them: its channels lie beside those of the others.
template <conv2d_geometry G, std::size_t M, class Activation, std::size_t Groups = 1, class T>
void winograd_rows(const T* x, std::size_t in_begin, const T* transformed, const T* bias, T* y, item_range out,
                   T* scratch) {
    constexpr winograd_plan plan = plan_winograd<T>(G, M);
    constexpr std::size_t A = M + 2, C = G.in_channels, F = G.out_channels, NR = panel_vectors<T>(F);
    constexpr std::size_t in_pixel = C * Groups, in_row = G.width.input * in_pixel;
    constexpr std::size_t out_pixel = F * Groups, out_row = G.width.output * out_pixel;
    const std::size_t tiles = plan.tiles(out.size()), in_pos = tiles * plan.in_stored;
    const std::size_t out_pos = tiles * plan.out_stored;
    T* inputs = scratch;
    T* products = inputs + plan.positions * in_pos;
    T* patch = products + plan.positions * out_pos;
    for (std::size_t top = out.begin; top < out.end; top += plan.rows * M) {
        const std::size_t rows = std::min(plan.rows, (out.end - top + M - 1) / M), count = rows * plan.across;
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < plan.across; ++t) {
                const std::size_t h = top + r * M, w = t * M;  // of the padded input
                T* to = inputs + (r * plan.across + t) * plan.in_stored;
                const bool inside = h >= G.height.before && h + A <= G.height.before + G.height.input &&
                                    w >= G.width.before && w + A <= G.width.before + G.width.input;
                if (inside) {
                    winograd_input<M>(x + (h - G.height.before - in_begin) * in_row + (w - G.width.before) * in_pixel,
                                      in_row, in_pixel, C, to, in_pos);
                    continue;
                }
                for (std::size_t i = 0; i < A; ++i)
                    for (std::size_t j = 0; j < A; ++j) {
                        T* pixel = patch + (i * A + j) * C;
                        const std::size_t ih = h + i - G.height.before, iw = w + j - G.width.before;
                        if (ih < G.height.input && iw < G.width.input)
                            std::copy_n(x + (ih - in_begin) * in_row + iw * in_pixel, C, pixel);
                        else std::fill_n(pixel, C, T(0));
                    }
                winograd_input<M>(static_cast<const T*>(patch), A * C, C, C, to, in_pos);
            }
        for (std::size_t k = 0; k < plan.positions; ++k)
            for (std::size_t p = 0; p < plan.weights.count(); ++p)
                any_rows_times_panel<NR, linear>(tile_input{.length = C, .row_step = plan.in_stored}, count,
                                                 static_cast<const T*>(inputs + k * in_pos),
                                                 transformed + k * plan.weights.stored() + p * C * plan.weights.width,
                                                 static_cast<const T*>(nullptr),
                                                 products + k * out_pos + p * plan.weights.width, plan.out_stored,
                                                 plan.weights.width);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < plan.across; ++t) {
                const std::size_t h = top + r * M, w = t * M;
                winograd_output<M, Activation>(
                    static_cast<const T*>(products + (r * plan.across + t) * plan.out_stored), out_pos, bias, F,
                    y + (h - out.begin) * out_row + w * out_pixel, out_row, out_pixel, std::min(M, out.end - h),
                    std::min(M, G.width.output - w));
            }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
