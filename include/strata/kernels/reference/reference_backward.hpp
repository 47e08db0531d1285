// reference_backward: plain loops for gradients, with which tests compare the backward kernels.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/reference/reference.hpp>

namespace strata::inline STRATA_ISA::kernels::reference {

/// dx (n, k) = dy (n, f) w transposed.
template <class T>
constexpr void dense_data_gradient(std::size_t n, panels layout, const T* dy, const T* w, T* dx) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < layout.rows; ++k) {
            T sum = T(0);
            for (std::size_t f = 0; f < layout.columns; ++f) sum += dy[i * layout.columns + f] * w[layout.offset(k, f)];
            dx[i * layout.rows + k] = sum;
        }
}

/// dw (k, f) += x (n, k) transposed times dy (n, f); db (f) += the sums of the columns of dy.
template <class T>
constexpr void dense_weight_gradient(std::size_t n, panels layout, const T* x, const T* dy, T* dw, T* db) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t f = 0; f < layout.columns; ++f) {
            const T d = dy[i * layout.columns + f];
            db[f] += d;
            for (std::size_t k = 0; k < layout.rows; ++k) dw[layout.offset(k, f)] += x[i * layout.rows + k] * d;
        }
}

/// Calls use(x index, weight row, dy index) for each input channel of each tap of each output pixel. dy index is that
/// of the pixel's first filter.
template <class Use>
constexpr void for_each_product(const conv2d_geometry& g, Use use) {
    const auto& h = g.height;
    const auto& v = g.width;
    for (std::size_t oh = 0; oh < h.output; ++oh)
        for (std::size_t ow = 0; ow < v.output; ++ow)
            for (std::size_t kh = 0; kh < h.kernel; ++kh)
                for (std::size_t kw = 0; kw < v.kernel; ++kw) {
                    const std::size_t ih = oh * h.stride + kh * h.dilation, iw = ow * v.stride + kw * v.dilation;
                    if (ih < h.before || ih >= h.before + h.input || iw < v.before || iw >= v.before + v.input)
                        continue;
                    const std::size_t pixel = (ih - h.before) * v.input + iw - v.before;
                    for (std::size_t ic = 0; ic < g.in_channels; ++ic)
                        use(pixel * g.in_channels + ic, (kh * v.kernel + kw) * g.in_channels + ic,
                            (oh * v.output + ow) * g.out_channels);
                }
}

/// dx (ih, iw, ic) of one sample.
template <class T>
constexpr void conv2d_data_gradient(const conv2d_geometry& g, panels layout, const T* dy, const T* w, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for_each_product(g, [&](std::size_t x, std::size_t row, std::size_t y) {
        for (std::size_t oc = 0; oc < g.out_channels; ++oc) dx[x] += dy[y + oc] * w[layout.offset(row, oc)];
    });
}

/// dw (kh kw ic, oc) += the weight gradient of one sample; db (oc) += the sums of dy over pixels.
template <class T>
constexpr void conv2d_weight_gradient(const conv2d_geometry& g, panels layout, const T* x, const T* dy, T* dw, T* db) {
    for_each_product(g, [&](std::size_t from, std::size_t row, std::size_t y) {
        for (std::size_t oc = 0; oc < g.out_channels; ++oc) dw[layout.offset(row, oc)] += x[from] * dy[y + oc];
    });
    for (std::size_t i = 0; i < g.out_size(); ++i) db[i % g.out_channels] += dy[i];
}

/// dx of one sample of a max pooling: dy is added to the first cell that holds the maximum.
template <class T>
constexpr void max_pooling2d_gradient(const pool2d_geometry& g, const T* x, const T* dy, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for (std::size_t oh = 0; oh < g.height.output; ++oh)
        for (std::size_t ow = 0; ow < g.width.output; ++ow)
            for (std::size_t c = 0; c < g.channels; ++c, ++dy) {
                const T* best = nullptr;
                for_each_cell(g, x, oh, ow, c, [&](const T& value) {
                    if (best == nullptr || value > *best) best = &value;
                });
                dx[best - x] += *dy;
            }
}

/// dx of one sample of an average pooling: an equal part of dy is added to each cell inside x.
template <class T>
constexpr void average_pooling2d_gradient(const pool2d_geometry& g, const T* x, const T* dy, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for (std::size_t oh = 0; oh < g.height.output; ++oh)
        for (std::size_t ow = 0; ow < g.width.output; ++ow)
            for (std::size_t c = 0; c < g.channels; ++c, ++dy) {
                T count = T(0);
                for_each_cell(g, x, oh, ow, c, [&](const T&) { count += T(1); });
                for_each_cell(g, x, oh, ow, c, [&](const T& value) { dx[&value - x] += *dy / count; });
            }
}

}  // namespace strata::inline STRATA_ISA::kernels::reference
