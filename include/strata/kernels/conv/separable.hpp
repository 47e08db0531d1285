// separable: a depthwise convolution of a band of rows that stays in the L2 cache, then the pointwise product of the
// band.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/depthwise_parts.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/dense.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/reference/reference.hpp>
#include <strata/kernels/reference/reference_depthwise.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Bytes of a band. It stays in an L2 cache of 512 KB while the pointwise weights are read through that cache.
inline constexpr std::size_t separable_band_bytes = std::size_t{384} << 10;

/// The largest number of output rows of a band.
template <class T>
constexpr std::size_t separable_band_rows(const depthwise_geometry& g) {
    const std::size_t row = g.width.output * g.out_channels() * sizeof(T);
    return std::clamp<std::size_t>(separable_band_bytes / row, 3, std::max<std::size_t>(3, g.height.output));
}

/// The largest number of pixels that are left over for the next band: one less than the rows of a register tile.
template <class T>
constexpr std::size_t separable_leftover(std::size_t filters) {
    return tile_rows(panel_vectors<T>(filters)) - 1;
}

/// Elements of scratch of separable_rows for `rows` output rows: a band, the pixels left over from the band before, and
/// the scratch of the depthwise convolution.
template <class T>
constexpr std::size_t separable_scratch(const depthwise_geometry& g, std::size_t filters, std::size_t rows) {
    const std::size_t most = separable_band_rows<T>(g), band = std::min(rows, most);
    const std::size_t leftover = rows > most ? separable_leftover<T>(filters) : 0;
    return depthwise_scratch(g, band) + (band * g.width.output + leftover) * g.out_channels();
}

/// The weights of a separable convolution: depthwise (kh, kw, channels, multiplier) as in Keras, pointwise (channels
/// multiplier, F) and bias (F) in panels of panel_width<T>(F). bias may be null.
template <class T>
struct separable_weights {
    const T* depthwise = nullptr;
    const T* pointwise = nullptr;
    const T* bias = nullptr;
};

/// Output rows `out` of y (oh, ow, F) = activation(depthwise convolution of x (ih, iw, channels) times pointwise +
/// bias). x points to input row in_begin, y to output row out.begin; both are unpadded. y does not overlap x. scratch
/// holds separable_scratch<T>(G, F, out.size()) elements. Pixels of a band that fill no register tile are multiplied
/// with the next band.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
void separable_rows(const T* x, std::size_t in_begin, const separable_weights<T>& w, T* y, item_range out, T* scratch) {
    constexpr std::size_t C = G.out_channels(), tile = separable_leftover<T>(F) + 1;
    const tile_split bands = split(out.size(), separable_band_rows<T>(G));
    const std::size_t count = bands.count();
    T* repeats = scratch + (bands.big * G.width.output + (count > 1 ? tile - 1 : 0)) * C;
    std::size_t leftover = 0;
    for (std::size_t b = 0; b < count; ++b) {
        const std::size_t rows = b < bands.big_count ? bands.big : bands.big - 1;
        depthwise_conv2d_rows<G, linear>(x, in_begin, w.depthwise, null_bias<T>, scratch + leftover * C,
                                         {out.begin, out.begin + rows}, repeats);
        out.begin += rows;
        const std::size_t pixels = leftover + rows * G.width.output;
        const std::size_t whole = b + 1 < count ? pixels / tile * tile : pixels;
        dense_rows<C, F, Activation>(whole, scratch, w.pointwise, w.bias, y);
        y += whole * F;
        leftover = pixels - whole;
        std::copy(scratch + whole * C, scratch + pixels * C, scratch);
    }
}

/// Some of the depthwise_parts<G> parts of a map of one row. x and y point to the start of the row. scratch holds
/// separable_scratch<T>(G, F, 1) elements.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
void separable_row(const T* x, const T* depthwise, const T* pointwise, const T* bias, T* y, item_range parts,
                   T* scratch) {
    constexpr std::size_t C = G.out_channels();
    const item_range out = depthwise_columns<G>(parts);
    depthwise_conv2d_row<G, linear>(x, depthwise, null_bias<T>, scratch, parts, scratch + G.out_size());
    dense_rows<C, F, Activation>(out.size(), scratch + out.begin * C, pointwise, bias, y + out.begin * F);
}

/// The whole map y (oh, ow, F), as separable_rows; in constant evaluation by plain loops.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
constexpr void separable_conv2d(const T* x, const T* depthwise, const T* pointwise, const T* bias, T* y, T* scratch) {
    if (std::is_constant_evaluated()) {
        T* map = new T[G.out_size()]{};
        reference::depthwise_conv2d<linear>(G, x, depthwise, null_bias<T>, map);
        reference::dense<Activation>(G.height.output * G.width.output,
                                     panels{.rows = G.out_channels(), .columns = F, .width = panel_width<T>(F)}, map,
                                     pointwise, bias, y);
        delete[] map;
    } else {
        separable_rows<G, F, Activation>(x, 0, {depthwise, pointwise, bias}, y, {0, G.height.output}, scratch);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
