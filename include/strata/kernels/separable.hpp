// separable: a depthwise convolution into a band of rows that stays in the cache, and the pointwise product of the
// band.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/activation.hpp>
#include <strata/kernels/dense.hpp>
#include <strata/kernels/depthwise.hpp>
#include <strata/kernels/geometry.hpp>
#include <strata/kernels/panels.hpp>
#include <strata/kernels/reference.hpp>
#include <strata/kernels/reference_depthwise.hpp>
#include <strata/kernels/tile.hpp>

namespace strata::kernels {

/// Bytes of a band: beside it a panel of weights and the rows of the input that it is made of have to stay in an L2
/// cache of 512 KB.
inline constexpr std::size_t separable_band_bytes = std::size_t{256} << 10;

/// The rows of the output in bands of two heights, each of at least two rows where there are as many.
template <class T>
constexpr tile_split separable_bands(const depthwise_geometry& g) {
    const std::size_t row = g.width.output * g.out_channels() * sizeof(T);
    return split(g.height.output, std::max<std::size_t>(3, separable_band_bytes / row));
}

inline namespace STRATA_ISA {

/// Elements of scratch that separable_conv2d wants: the input with its channels repeated, and a band.
template <class T>
constexpr std::size_t separable_scratch(const depthwise_geometry& g) {
    return depthwise_scratch(g) + separable_bands<T>(g).big * g.width.output * g.out_channels();
}

template <depthwise_geometry G, std::size_t F, std::size_t Rows, class Activation, class T>
void separable_band(std::size_t oh, const T* x, const T* depthwise, const T* pointwise, const T* bias, T* y, T* band) {
    constexpr std::size_t pixels = Rows * G.width.output;
    depthwise_rows<G, linear>({oh, oh + Rows}, x, depthwise, static_cast<const T*>(nullptr), band);
    dense_vectorised<pixels, G.channels, F, Activation>(static_cast<const T*>(band), pointwise, bias,
                                                        y + oh * G.width.output * F);
}

/// y (oh, ow, F) = activation(depthwise convolution of x (ih, iw, channels) times pointwise (channels multiplier, F) +
/// bias). depthwise lies as in Keras, pointwise and bias in panels of panel_width<T>(F); bias may be null; scratch
/// holds separable_scratch<T>(G) elements.
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
        constexpr depthwise_geometry R = repeated(G);
        constexpr tile_split bands = separable_bands<T>(G);
        T* band = scratch + depthwise_scratch(G);
        x = repeat_channels<G>(x, scratch);
        std::size_t oh = 0;
        for (std::size_t b = 0; b < bands.big_count; ++b, oh += bands.big)
            separable_band<R, F, bands.big, Activation>(oh, x, depthwise, pointwise, bias, y, band);
        if constexpr (bands.small_count > 0)
            for (std::size_t b = 0; b < bands.small_count; ++b, oh += bands.big - 1)
                separable_band<R, F, bands.big - 1, Activation>(oh, x, depthwise, pointwise, bias, y, band);
    }
}

}  // namespace STRATA_ISA
}  // namespace strata::kernels
