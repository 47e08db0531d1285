// reference: plain constexpr loops for every kernel. Tests compare the kernels with them; constant evaluation runs
// them. The folder has one header for each folder of kernels.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/panels.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// y (n, f) = activation(x (n, k) w (k, f) + bias (f)). w is stored as `layout`; bias may be null.
template <class Activation, class T>
constexpr void dense(std::size_t n, panels layout, const T* x, const T* w, const T* bias, T* y) {
    const std::size_t k = layout.rows, f = layout.columns;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < f; ++j) {
            T sum = bias != nullptr ? bias[j] : T(0);
            for (std::size_t p = 0; p < k; ++p) sum += x[i * k + p] * w[layout.offset(p, j)];
            y[i * f + j] = Activation::apply(sum);
        }
}

/// y (oh, ow, oc) = activation(convolution of x (ih, iw, ic) + bias). Rows of w are (kh, kw, ic); bias may be null.
/// Cells outside x count as zero.
template <class Activation, class T>
constexpr void conv2d(const conv2d_geometry& g, panels layout, const T* x, const T* w, const T* bias, T* y) {
    const auto& h = g.height;
    const auto& v = g.width;
    for (std::size_t oh = 0; oh < h.output; ++oh)
        for (std::size_t ow = 0; ow < v.output; ++ow)
            for (std::size_t oc = 0; oc < g.out_channels; ++oc) {
                T sum = bias != nullptr ? bias[oc] : T(0);
                for (std::size_t kh = 0; kh < h.kernel; ++kh)
                    for (std::size_t kw = 0; kw < v.kernel; ++kw) {
                        const std::size_t ih = oh * h.stride + kh * h.dilation, iw = ow * v.stride + kw * v.dilation;
                        if (ih < h.before || ih >= h.before + h.input || iw < v.before || iw >= v.before + v.input)
                            continue;
                        const T* pixel = x + ((ih - h.before) * v.input + iw - v.before) * g.in_channels;
                        const std::size_t row = (kh * v.kernel + kw) * g.in_channels;
                        for (std::size_t ic = 0; ic < g.in_channels; ++ic)
                            sum += pixel[ic] * w[layout.offset(row + ic, oc)];
                    }
                y[(oh * v.output + ow) * g.out_channels + oc] = Activation::apply(sum);
            }
}

/// Calls use(value) for the cells of one window that lie inside x (ih, iw, channels).
template <class T, class Use>
constexpr void for_each_cell(const pool2d_geometry& g, const T* x, std::size_t oh, std::size_t ow, std::size_t c,
                             Use use) {
    const auto& h = g.height;
    const auto& v = g.width;
    for (std::size_t kh = 0; kh < h.kernel; ++kh)
        for (std::size_t kw = 0; kw < v.kernel; ++kw) {
            const std::size_t ih = oh * h.stride + kh * h.dilation, iw = ow * v.stride + kw * v.dilation;
            if (ih < h.before || ih >= h.before + h.input || iw < v.before || iw >= v.before + v.input) continue;
            use(x[((ih - h.before) * v.input + iw - v.before) * g.channels + c]);
        }
}

/// y (oh, ow, channels) = the maximum of each window; NaN where a cell is NaN.
template <class T>
constexpr void max_pooling2d(const pool2d_geometry& g, const T* x, T* y) {
    for (std::size_t oh = 0; oh < g.height.output; ++oh)
        for (std::size_t ow = 0; ow < g.width.output; ++ow)
            for (std::size_t c = 0; c < g.channels; ++c) {
                bool first = true;
                T best = T(0);
                for_each_cell(g, x, oh, ow, c, [&](T value) {
                    best = first || value > best || value != value ? value : best;
                    first = false;
                });
                *y++ = best;
            }
}

/// y (oh, ow, channels) = the mean over the cells of each window that lie inside x.
template <class T>
constexpr void average_pooling2d(const pool2d_geometry& g, const T* x, T* y) {
    for (std::size_t oh = 0; oh < g.height.output; ++oh)
        for (std::size_t ow = 0; ow < g.width.output; ++ow)
            for (std::size_t c = 0; c < g.channels; ++c) {
                T sum = T(0), count = T(0);
                for_each_cell(g, x, oh, ow, c, [&](T value) {
                    sum += value;
                    count += T(1);
                });
                *y++ = sum / count;
            }
}

/// y (channels) = the maximum over the rows of x (rows, channels).
template <class T>
constexpr void global_max_pooling(std::size_t rows, std::size_t channels, const T* x, T* y) {
    for (std::size_t c = 0; c < channels; ++c) {
        y[c] = x[c];
        for (std::size_t r = 1; r < rows; ++r)
            if (x[r * channels + c] > y[c] || x[r * channels + c] != x[r * channels + c]) y[c] = x[r * channels + c];
    }
}

/// y (channels) = the mean over the rows of x (rows, channels).
template <class T>
constexpr void global_average_pooling(std::size_t rows, std::size_t channels, const T* x, T* y) {
    for (std::size_t c = 0; c < channels; ++c) {
        T sum = T(0);
        for (std::size_t r = 0; r < rows; ++r) sum += x[r * channels + c];
        y[c] = sum / static_cast<T>(rows);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
