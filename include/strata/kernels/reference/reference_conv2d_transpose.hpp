// reference_conv2d_transpose: plain loops for transposed convolutions, forward and backward.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/panels.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// Calls use(x pixel, tap, y pixel) for each pair of pixels that a tap connects. g is the convolution whose data
/// gradient the transposed convolution is: y has the pixels of its input, x those of its output.
template <class Use>
constexpr void for_each_transposed_product(const conv2d_geometry& g, Use use) {
    const auto& h = g.height;
    const auto& v = g.width;
    for (std::size_t xh = 0; xh < h.output; ++xh)
        for (std::size_t xw = 0; xw < v.output; ++xw)
            for (std::size_t kh = 0; kh < h.kernel; ++kh)
                for (std::size_t kw = 0; kw < v.kernel; ++kw) {
                    const std::size_t yh = xh * h.stride + kh * h.dilation, yw = xw * v.stride + kw * v.dilation;
                    if (yh < h.before || yh >= h.before + h.input || yw < v.before || yw >= v.before + v.input)
                        continue;
                    use(xh * v.output + xw, kh * v.kernel + kw, (yh - h.before) * v.input + yw - v.before);
                }
}

/// y (ih, iw, filters) = activation(transposed convolution of x (oh, ow, channels) + bias). filters are g.in_channels,
/// channels g.out_channels. Rows of w are (kh, kw, filters), columns channels; bias may be null.
template <class Activation, class T>
constexpr void conv2d_transpose(const conv2d_geometry& g, panels layout, const T* x, const T* w, const T* bias, T* y) {
    const std::size_t filters = g.in_channels, channels = g.out_channels;
    for (std::size_t i = 0; i < g.in_size(); ++i) y[i] = bias != nullptr ? bias[i % filters] : T(0);
    for_each_transposed_product(g, [&](std::size_t from, std::size_t tap, std::size_t to) {
        for (std::size_t f = 0; f < filters; ++f)
            for (std::size_t c = 0; c < channels; ++c)
                y[to * filters + f] += x[from * channels + c] * w[layout.offset(tap * filters + f, c)];
    });
    for (std::size_t i = 0; i < g.in_size(); ++i) y[i] = Activation::apply(y[i]);
}

/// dw += the weight gradient of one sample.
template <class T>
constexpr void conv2d_transpose_weight_gradient(const conv2d_geometry& g, panels layout, const T* x, const T* dy,
                                                T* dw) {
    const std::size_t filters = g.in_channels, channels = g.out_channels;
    for_each_transposed_product(g, [&](std::size_t from, std::size_t tap, std::size_t to) {
        for (std::size_t f = 0; f < filters; ++f)
            for (std::size_t c = 0; c < channels; ++c)
                dw[layout.offset(tap * filters + f, c)] += x[from * channels + c] * dy[to * filters + f];
    });
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
