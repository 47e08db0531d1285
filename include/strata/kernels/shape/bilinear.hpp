// bilinear: bilinear upsampling of an image by integer factors, and its gradient.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/reference/reference_rearrange.hpp>
#include <strata/kernels/shape/rearrange.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// y = (1 - part) a + part b for n values. The tail is loaded and stored in part.
template <class T>
void blend(std::size_t n, const T* a, const T* b, T part, T* y) {
    constexpr std::size_t L = lanes<T>;
    const simd<T> weight = broadcast(part);
    for (std::size_t i = 0; i < n; i += L) {
        const std::size_t count = std::min(L, n - i);
        const simd<T> from = load_partial(a + i, count);
        store_partial<T>(y + i, multiply_add(weight, load_partial(b + i, count) - from, from), count);
    }
}

/// y += scale x for n values. The tail is loaded and stored in part.
template <class T>
void add_scaled(std::size_t n, T scale, const T* x, T* y) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t i = 0; i < n; i += L) {
        const std::size_t count = std::min(L, n - i);
        const simd<T> sum = load_partial(y + i, count);
        store_partial<T>(y + i, multiply_add(broadcast(scale), load_partial(x + i, count), sum), count);
    }
}

template <upsampling_geometry G, class T>
void bilinear_vectorised(const T* x, T* y, T* scratch) {
    for (std::size_t h = 0; h < G.height * G.up_height; ++h) {
        const linear_tap line = linear_tap_of(h, G.up_height, G.height);
        blend(G.in_line(), x + line.low * G.in_line(), x + line.high * G.in_line(), line.part<T>(), scratch);
        for (std::size_t w = 0; w < G.width * G.up_width; ++w, y += G.channels) {
            const linear_tap cell = linear_tap_of(w, G.up_width, G.width);
            blend(G.channels, scratch + cell.low * G.channels, scratch + cell.high * G.channels, cell.part<T>(), y);
        }
    }
}

/// y (height up_height, width up_width, channels) = x (height, width, channels), interpolated between the centres of
/// cells. Outside the outermost centres y is constant. y does not overlap x. scratch holds one row of x. Keras:
/// `UpSampling2D(interpolation="bilinear")`.
template <upsampling_geometry G, class T>
constexpr void bilinear(const T* x, T* y, T* scratch) {
    if (std::is_constant_evaluated()) reference::bilinear(G, x, y);
    else bilinear_vectorised<G>(x, y, scratch);
}

/// dx (height, width, channels) of one sample from dy. dx is overwritten. scratch holds one row of x.
template <upsampling_geometry G, class T>
void bilinear_gradient(const T* dy, T* dx, T* scratch) {
    std::fill_n(dx, G.in_size(), T(0));
    for (std::size_t h = 0; h < G.height * G.up_height; ++h) {
        std::fill_n(scratch, G.in_line(), T(0));
        for (std::size_t w = 0; w < G.width * G.up_width; ++w, dy += G.channels) {
            const linear_tap cell = linear_tap_of(w, G.up_width, G.width);
            add_scaled(G.channels, T(1) - cell.part<T>(), dy, scratch + cell.low * G.channels);
            add_scaled(G.channels, cell.part<T>(), dy, scratch + cell.high * G.channels);
        }
        const linear_tap line = linear_tap_of(h, G.up_height, G.height);
        const T* sums = scratch;
        add_scaled(G.in_line(), T(1) - line.part<T>(), sums, dx + line.low * G.in_line());
        add_scaled(G.in_line(), line.part<T>(), sums, dx + line.high * G.in_line());
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
