// softmax: softmax and log_softmax of each row of a matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The maximum of n values; NaN where one is NaN.
template <class T>
constexpr T row_maximum(std::size_t n, const T* x) {
    T best = x[0];
    for (std::size_t i = 1; i < n; ++i) best = x[i] > best || x[i] != x[i] ? x[i] : best;
    return best;
}

/// y = exp(x - shift); returns the sum of y. The tail is summed value by value, so that padding lanes do not count.
template <class T>
T row_exponentials(std::size_t n, const T* x, T shift, T* y) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums = broadcast(T(0));
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L) {
        const simd<T> e = bounded_exp(load(x + i) - broadcast(shift));
        sums = sums + e;
        store<T>(y + i, e);
    }
    T sum = lane_sum(sums);
    if (i < n) {
        store_partial<T>(y + i, bounded_exp(load_partial(x + i, n - i) - broadcast(shift)), n - i);
        for (; i < n; ++i) sum += y[i];
    }
    return sum;
}

/// y (Rows, N) = exp(x) / sum(exp(x)) along each row. The maximum of the row is subtracted first. y may be x.
template <std::size_t Rows, std::size_t N, class T>
constexpr void softmax(const T* x, T* y) {
    for (std::size_t r = 0; r < Rows; ++r, x += N, y += N) {
        const T shift = row_maximum(N, x);
        T sum = T(0);
        if (std::is_constant_evaluated())
            for (std::size_t i = 0; i < N; ++i) sum += y[i] = exp(x[i] - shift);
        else sum = row_exponentials(N, x, shift, y);
        const T scale = T(1) / sum;
        for (std::size_t i = 0; i < N; ++i) y[i] *= scale;
    }
}

/// y (Rows, N) = x - log(sum(exp(x))) along each row. The error is 1 ULP of the result, also for large x. y may be x.
template <std::size_t Rows, std::size_t N, class T>
constexpr void log_softmax(const T* x, T* y) {
    for (std::size_t r = 0; r < Rows; ++r, x += N, y += N) {
        const T shift = row_maximum(N, x);
        T sum = T(0);
        for (std::size_t i = 0; i < N; ++i) sum += exp(x[i] - shift);
        // The maximum is subtracted first: the sum of a large maximum and the logarithm would lose the digits of the
        // logarithm.
        const T logarithm = log(sum);
        for (std::size_t i = 0; i < N; ++i) y[i] = rounded(x[i] - shift) - logarithm;
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
