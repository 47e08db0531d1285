// winograd: convolutions with 3x3 windows by Winograd's algorithm (Lavin and Gray 2016), in tiles of 4x4 or 2x2
// outputs. It multiplies less often than the direct kernel.
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

/// The sizes of a Winograd convolution: tiles of m by m outputs, `across` by `down` of them, `rows` rows of tiles at a
/// time. A tile has `positions` transformed values per channel. Channels are padded to whole vectors (in_stored) or
/// panels (out_stored).
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
    /// Tiles computed at a time for `out_rows` output rows.
    constexpr std::size_t tiles(std::size_t out_rows) const { return std::min(rows, (out_rows + m - 1) / m) * across; }
    /// Elements of scratch for `out_rows` output rows: transformed inputs, products, one input tile with its padding.
    constexpr std::size_t scratch(std::size_t out_rows) const {
        return positions * (tiles(out_rows) * (in_stored + out_stored) + in_channels);
    }
};

/// Bytes of transformed inputs and products that stay in an L2 cache of 1 MB with the weights of a position.
inline constexpr std::size_t winograd_bytes = std::size_t{800} << 10;

/// The plan for tiles of m by m outputs. It takes the fewest rows of tiles that fill a register tile, or fewer where
/// more than winograd_bytes would be transformed.
template <class T>
constexpr winograd_plan plan_winograd(const conv2d_geometry& g, std::size_t m) {
    const auto ceil_div = [](std::size_t n, std::size_t divisor) { return (n + divisor - 1) / divisor; };
    winograd_plan plan{.m = m, .positions = winograd_positions(m), .in_channels = g.in_channels};
    plan.weights = {.rows = g.in_channels, .columns = g.out_channels, .width = panel_width<T>(g.out_channels)};
    plan.in_stored = ceil_div(g.in_channels, lanes<T>) * lanes<T>;
    plan.out_stored = plan.weights.count() * plan.weights.width;
    plan.across = ceil_div(g.width.output, m);
    plan.down = ceil_div(g.height.output, m);
    const std::size_t row = plan.positions * plan.across * (plan.in_stored + plan.out_stored) * sizeof(T);
    plan.rows =
        std::min({std::max<std::size_t>(1, winograd_bytes / row), ceil_div(tile_rows(2), plan.across), plan.down});
    return plan;
}

/// The fastest tile for a convolution: 4 or 2 for Winograd's algorithm, 0 for the direct kernel. The choice minimises
/// modelled cycles: a multiply-add of vectors takes one, a transform ten per vector and position, and weights that do
/// not fit L2 are read at seven bytes a cycle. The model is that of float for every scalar type. With groups, g is one
/// group.
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
        const std::size_t streams = groups * bytes > streamed_weights ? passes * bytes / 7 : 0;
        const std::size_t cost = std::max(products, streams) + positions * (in_vectors + out_vectors) * 10;
        if (best == 0) least = g.height.output * g.width.output * 9 * g.in_channels * out_vectors / 10 * 9;
        if (cost < least) {
            least = cost;
            best = m;
        }
    }
    return best;
}

/// to (positions, Width) = the transform of the windows of Width filters. Positions of `to` lie pos_step elements
/// apart. Tap k of filter f is windows[k tap_step + f].
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

/// transformed (positions, ic, oc) = the transform of weights (3 3 ic, oc); both in the panels `to`, one matrix for
/// each position. Writes this thread's share. Layers whose panels have one width share the function.
template <std::size_t M, std::size_t Width, class T>
constexpr void winograd_panels(const panels& to, const T* weights, T* transformed, thread_slice part) {
    const std::size_t C = to.rows, row = C * Width;
    const item_range mine = part.of(to.count() * C);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        const std::size_t p = item / C, c = item % C;
        winograd_windows<M, Width>(weights + p * 9 * row + c * Width, row, transformed + p * row + c * Width,
                                   to.stored());
    }
}
template <conv2d_geometry G, std::size_t M, class T>
constexpr void winograd_weights(const T* weights, T* transformed, thread_slice part) {
    constexpr panels to = plan_winograd<T>(G, M).weights;
    winograd_panels<M, to.width>(to, weights, transformed, part);
}

/// As winograd_panels, for the data gradient of a convolution: weights (3 3 oc, ic), in panels, are those of the
/// convolution. They are read with mirrored taps and transposed.
template <std::size_t M, std::size_t Width, class T>
constexpr void winograd_mirrored_panels(const panels& to, const T* weights, T* transformed, thread_slice part) {
    const std::size_t C = to.rows, F = to.columns, row = C * Width;
    const panels from{.rows = 9 * F, .columns = C, .width = panel_width<T>(C)};
    const item_range mine = part.of(to.count() * C);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        const std::size_t p = item / C, c = item % C, first = p * Width, count = std::min(Width, F - first);
        T windows[9 * Width]{};
        for (std::size_t k = 0; k < 9; ++k) {
            const T* at = weights + from.offset((8 - k) * F + first, c);
            for (std::size_t f = 0; f < count; ++f) windows[k * Width + f] = at[f * from.width];
        }
        winograd_windows<M, Width>(windows, Width, transformed + p * row + c * Width, to.stored());
    }
}
template <conv2d_geometry G, std::size_t M, class T>
constexpr void winograd_mirrored_weights(const T* weights, T* transformed, thread_slice part) {
    constexpr panels to = plan_winograd<T>(G, M).weights;
    winograd_mirrored_panels<M, to.width>(to, weights, transformed, part);
}

/// Transforms the input tile whose first pixel is (h, w) of the padded input to `to`, at positions pos_step elements
/// apart. x points to input row in_begin. A tile that overlaps the padding is copied to `patch` first, with zeros.
template <conv2d_geometry G, std::size_t M, std::size_t Groups, class T>
STRATA_INLINE void winograd_input_tile(const T* x, std::size_t in_begin, std::size_t h, std::size_t w, T* patch, T* to,
                                       std::size_t pos_step) {
    constexpr std::size_t A = M + 2, C = G.in_channels, pixel_step = C * Groups, row_step = G.width.input * pixel_step;
    const bool inside = h >= G.height.before && h + A <= G.height.before + G.height.input && w >= G.width.before &&
                        w + A <= G.width.before + G.width.input;
    if (inside)
        return winograd_input<M>(x + (h - G.height.before - in_begin) * row_step + (w - G.width.before) * pixel_step,
                                 row_step, pixel_step, C, to, pos_step);
    for (std::size_t i = 0; i < A; ++i)
        for (std::size_t j = 0; j < A; ++j) {
            T* pixel = patch + (i * A + j) * C;
            const std::size_t ih = h + i - G.height.before, iw = w + j - G.width.before;
            if (ih < G.height.input && iw < G.width.input)
                std::copy_n(x + (ih - in_begin) * row_step + iw * pixel_step, C, pixel);
            else std::fill_n(pixel, C, T(0));
        }
    winograd_input<M>(patch, A * C, C, C, to, pos_step);
}

/// Output rows `out` of a convolution with a 3x3 window and strides of 1; out.begin is a multiple of M. x points to
/// input row in_begin, y to output row out.begin; y does not overlap x. `transformed` is the output of
/// winograd_weights. bias is in panels and may be null. scratch holds plan_winograd<T>(G, M).scratch(out.size())
/// elements. With Groups, G is one group: a pixel of x and y holds the channels of all groups.
template <conv2d_geometry G, std::size_t M, class Activation, std::size_t Groups = 1, class T>
void winograd_rows(const T* x, std::size_t in_begin, const T* transformed, const T* bias, T* y, item_range out,
                   T* scratch) {
    constexpr winograd_plan plan = plan_winograd<T>(G, M);
    constexpr std::size_t C = G.in_channels, F = G.out_channels, NR = panel_vectors<T>(F);
    constexpr std::size_t out_pixel = F * Groups, out_row = G.width.output * out_pixel;
    const std::size_t tiles = plan.tiles(out.size()), in_pos = tiles * plan.in_stored;
    const std::size_t out_pos = tiles * plan.out_stored;
    T* inputs = scratch;
    T* products = inputs + plan.positions * in_pos;
    T* patch = products + plan.positions * out_pos;
    for (std::size_t top = out.begin; top < out.end; top += plan.rows * M) {
        const std::size_t rows = std::min(plan.rows, (out.end - top + M - 1) / M), count = rows * plan.across;
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < plan.across; ++t)
                winograd_input_tile<G, M, Groups>(x, in_begin, top + r * M, t * M, patch,
                                                  inputs + (r * plan.across + t) * plan.in_stored, in_pos);
        for (std::size_t k = 0; k < plan.positions; ++k)
            for (std::size_t p = 0; p < plan.weights.count(); ++p)
                any_rows_times_panel<NR, linear>(
                    tile_input{.length = C, .row_step = plan.in_stored}, count, inputs + k * in_pos,
                    transformed + k * plan.weights.stored() + p * C * plan.weights.width, null_bias<T>,
                    products + k * out_pos + p * plan.weights.width, plan.out_stored, plan.weights.width);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t t = 0; t < plan.across; ++t) {
                const std::size_t h = top + r * M, w = t * M;
                winograd_output<M, Activation>(products + (r * plan.across + t) * plan.out_stored, out_pos, bias,
                                               y + (h - out.begin) * out_row + w * out_pixel,
                                               {.rows = std::min(M, out.end - h),
                                                .columns = std::min(M, G.width.output - w),
                                                .channels = F,
                                                .row_step = out_row,
                                                .pixel_step = out_pixel});
            }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
