// reference_depthwise: plain loops for depthwise convolutions, forward and backward.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/geometry.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// Calls use(x index, weight index, y index) for each product of a depthwise convolution. Weights are (kh, kw,
/// channels, multiplier). Cells outside x have no product.
template <class Use>
constexpr void for_each_depthwise_product(const depthwise_geometry& g, Use use) {
    const auto& h = g.height;
    const auto& v = g.width;
    const std::size_t channels = g.out_channels();
    for (std::size_t oh = 0; oh < h.output; ++oh)
        for (std::size_t ow = 0; ow < v.output; ++ow)
            for (std::size_t kh = 0; kh < h.kernel; ++kh)
                for (std::size_t kw = 0; kw < v.kernel; ++kw) {
                    const std::size_t ih = oh * h.stride + kh * h.dilation, iw = ow * v.stride + kw * v.dilation;
                    if (ih < h.before || ih >= h.before + h.input || iw < v.before || iw >= v.before + v.input)
                        continue;
                    const std::size_t pixel = (ih - h.before) * v.input + iw - v.before;
                    for (std::size_t c = 0; c < channels; ++c)
                        use(pixel * g.channels + c / g.multiplier, (kh * v.kernel + kw) * channels + c,
                            (oh * v.output + ow) * channels + c);
                }
}

/// y (oh, ow, channels multiplier) = activation(depthwise convolution of x (ih, iw, channels) + bias); bias may be
/// null.
template <class Activation, class T>
constexpr void depthwise_conv2d(const depthwise_geometry& g, const T* x, const T* w, const T* bias, T* y) {
    for (std::size_t i = 0; i < g.out_size(); ++i) y[i] = bias != nullptr ? bias[i % g.out_channels()] : T(0);
    for_each_depthwise_product(g,
                               [&](std::size_t from, std::size_t tap, std::size_t to) { y[to] += x[from] * w[tap]; });
    for (std::size_t i = 0; i < g.out_size(); ++i) y[i] = Activation::apply(y[i]);
}

/// dx (ih, iw, channels) of one sample.
template <class T>
constexpr void depthwise_data_gradient(const depthwise_geometry& g, const T* dy, const T* w, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for_each_depthwise_product(g, [&](std::size_t x, std::size_t tap, std::size_t y) { dx[x] += dy[y] * w[tap]; });
}

/// dw += the weight gradient of one sample.
template <class T>
constexpr void depthwise_weight_gradient(const depthwise_geometry& g, const T* x, const T* dy, T* dw) {
    for_each_depthwise_product(g,
                               [&](std::size_t from, std::size_t tap, std::size_t y) { dw[tap] += x[from] * dy[y]; });
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
