// separable: a depthwise convolution into a band of rows that stays in the cache, and the pointwise product of the
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

/// Bytes of a band: it has to stay in an L2 cache of 512 KB while the weights stream past.
inline constexpr std::size_t separable_band_bytes = std::size_t{384} << 10;

/// Output rows of a band, at most.
template <class T>
constexpr std::size_t separable_band_rows(const depthwise_geometry& g) {
    const std::size_t row = g.width.output * g.out_channels() * sizeof(T);
    return std::clamp<std::size_t>(separable_band_bytes / row, 3, std::max<std::size_t>(3, g.height.output));
}

/// Pixels of a band that wait for the next one, fewer than a tile's rows.
template <class T>
constexpr std::size_t separable_waiting(std::size_t filters) {
    return tile_rows(panel_vectors<T>(filters)) - 1;
}

/// Elements of scratch that separable_conv2d wants for so many output rows: a band, pixels that wait, and what the band
/// is made of.
template <class T>
constexpr std::size_t separable_scratch(const depthwise_geometry& g, std::size_t filters, std::size_t rows) {
    const std::size_t most = separable_band_rows<T>(g), band = std::min(rows, most);
    const std::size_t waiting = rows > most ? separable_waiting<T>(filters) : 0;
    return depthwise_scratch(g, band) + (band * g.width.output + waiting) * g.out_channels();
}

/// Output rows `out` of y (oh, ow, F) = activation(depthwise convolution of x (ih, iw, channels) times pointwise
/// (channels multiplier, F) + bias): x begins at input row in_begin, y at row out.begin. depthwise lies as in Keras,
/// pointwise and bias in panels of panel_width<T>(F); bias may be null; scratch holds separable_scratch<T>(G, F,
/// out.size()) elements. Pixels that make no whole tile wait for the next band.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
void separable_rows(const T* x, std::size_t in_begin, const T* depthwise, const T* pointwise, const T* bias, T* y,
                    item_range out, T* scratch) {
    constexpr std::size_t C = G.out_channels(), tile = separable_waiting<T>(F) + 1;
    const tile_split bands = split(out.size(), separable_band_rows<T>(G));
    const std::size_t count = bands.count();
    T* repeats = scratch + (bands.big * G.width.output + (count > 1 ? tile - 1 : 0)) * C;
    std::size_t waiting = 0;
    for (std::size_t b = 0; b < count; ++b) {
        const std::size_t rows = b < bands.big_count ? bands.big : bands.big - 1;
        depthwise_conv2d_rows<G, linear>(x, in_begin, depthwise, static_cast<const T*>(nullptr), scratch + waiting * C,
                                         {out.begin, out.begin + rows}, repeats);
        out.begin += rows;
        const std::size_t pixels = waiting + rows * G.width.output;
        const std::size_t whole = b + 1 < count ? pixels / tile * tile : pixels;
        dense_rows<C, F, Activation>(whole, static_cast<const T*>(scratch), pointwise, bias, y);
        y += whole * F;
        waiting = pixels - whole;
        std::copy(scratch + whole * C, scratch + pixels * C, scratch);
    }
}

/// Some parts of a map of one row, of depthwise_parts<G>; x and y begin at the row's begin.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
void separable_row(const T* x, const T* depthwise, const T* pointwise, const T* bias, T* y, item_range parts,
                   T* scratch) {
    constexpr std::size_t C = G.out_channels();
    const item_range out = depthwise_columns<G>(parts);
    depthwise_conv2d_row<G, linear>(x, depthwise, static_cast<const T*>(nullptr), scratch, parts,
                                    scratch + G.out_size());
    dense_rows<C, F, Activation>(out.size(), static_cast<const T*>(scratch + out.begin * C), pointwise, bias,
                                 y + out.begin * F);
}

/// The whole map.
template <depthwise_geometry G, std::size_t F, class Activation, class T>
constexpr void separable_conv2d(const T* x, const T* depthwise, const T* pointwise, const T* bias, T* y, T* scratch) {
    if (std::is_constant_evaluated()) {
        T* map = new T[G.out_size()]{};
        reference::depthwise_conv2d<linear>(G, x, depthwise, static_cast<const T*>(nullptr), map);
        reference::dense<Activation>(G.height.output * G.width.output,
                                     panels{.rows = G.out_channels(), .columns = F, .width = panel_width<T>(F)},
                                     static_cast<const T*>(map), pointwise, bias, y);
        delete[] map;
    } else {
        separable_rows<G, F, Activation>(x, 0, depthwise, pointwise, bias, y, {0, G.height.output}, scratch);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
