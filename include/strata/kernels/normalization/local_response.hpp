// local_response: normalization by the squares of neighbouring channels, and its gradient.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/reference/reference_normalization.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Elements of scratch for a row of channels with a window at each end.
template <local_response R>
constexpr std::size_t padded_row(std::size_t channels) {
    return channels + R.size - 1;
}

/// The sums over the window that begins at each of `count` values.
template <local_response R, class T>
STRATA_INLINE simd<T> window_sum(const T* padded, std::size_t count) {
    simd<T> sum = load_partial(padded, count);
    for (std::size_t k = 1; k < R.size; ++k) sum = sum + load_partial(padded + k, count);
    return sum;
}

/// Calls use(channel, count) for each vector of a row.
template <class T, class Use>
STRATA_INLINE void for_each_vector(std::size_t channels, Use use) {
    for (std::size_t c = 0; c < channels; c += lanes<T>) use(c, std::min(lanes<T>, channels - c));
}

/// Writes the squares of a row into scratch, with zeros on both sides.
template <local_response R, class T>
STRATA_INLINE void pad_squares(std::size_t channels, const T* x, T* padded) {
    std::fill_n(padded, R.before(), T(0));
    std::fill_n(padded + R.before() + channels, R.after(), T(0));
    for_each_vector<T>(channels, [=](std::size_t c, std::size_t n) STRATA_INLINE_CALL {
        const simd<T> value = load_partial(x + c, n);
        store_partial<T>(padded + R.before() + c, value * value, n);
    });
}

/// The divisor of each of `count` values before it is raised to beta.
template <local_response R, class T>
STRATA_INLINE simd<T> response_base(const T* padded, std::size_t count) {
    const T factor = scalar_of<T>(R.alpha / static_cast<double>(R.size));
    return multiply_add(window_sum<R>(padded, count), broadcast(factor), broadcast(scalar_of<T>(R.bias)));
}

template <local_response R, class T>
void normalize_local_response_vectorised(std::size_t rows, std::size_t channels, const T* x, T* y, T* scratch) {
    for (std::size_t r = 0; r < rows; ++r, x += channels, y += channels) {
        pad_squares<R>(channels, x, scratch);
        for_each_vector<T>(channels, [=](std::size_t c, std::size_t n) STRATA_INLINE_CALL {
            const simd<T> base = response_base<R>(scratch + c, n);
            store_partial<T>(y + c, load_partial(x + c, n) * negative_power<R.beta>(base), n);
        });
    }
}

/// y (rows, channels) = x / (bias + alpha / size * s)^beta, where s is the sum of the squares of x over a window of
/// `size` channels. The window ends at the first and the last channel. scratch holds padded_row(channels) elements.
/// y may be x. Tails of rows are loaded and stored in part.
template <local_response R, class T>
constexpr void normalize_local_response(std::size_t rows, std::size_t channels, const T* x, T* y,
                                        std::type_identity_t<T*> scratch) {
    if (std::is_constant_evaluated()) reference::normalize_local_response<R>(rows, channels, x, y);
    else normalize_local_response_vectorised<R>(rows, channels, x, y, scratch);
}

/// dx (rows, channels) from dy. scratch holds 2 padded_row(channels) elements. dx may be dy.
template <local_response R, class T>
void local_response_gradient(std::size_t rows, std::size_t channels, const T* x, const T* dy, T* dx, T* scratch) {
    T *squares = scratch, *terms = scratch + padded_row<R>(channels);
    const T slope = scalar_of<T>(-2.0 * R.beta * R.alpha / static_cast<double>(R.size));
    for (std::size_t r = 0; r < rows; ++r, x += channels, dy += channels, dx += channels) {
        pad_squares<R>(channels, x, squares);
        // Channel c lies in the windows of the channels from c - after to c + before.
        std::fill_n(terms, R.after(), T(0));
        std::fill_n(terms + R.after() + channels, R.before(), T(0));
        for_each_vector<T>(channels, [=](std::size_t c, std::size_t n) STRATA_INLINE_CALL {
            const simd<T> base = response_base<R>(squares + c, n);
            const simd<T> scaled = load_partial(dy + c, n) * negative_power<R.beta>(base);
            store_partial<T>(terms + R.after() + c, scaled * load_partial(x + c, n) / base, n);
            store_partial<T>(dx + c, scaled, n);
        });
        for_each_vector<T>(channels, [=](std::size_t c, std::size_t n) STRATA_INLINE_CALL {
            const simd<T> factor = load_partial(x + c, n) * broadcast(slope);
            store_partial<T>(dx + c, multiply_add(window_sum<R>(terms + c, n), factor, load_partial(dx + c, n)), n);
        });
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
