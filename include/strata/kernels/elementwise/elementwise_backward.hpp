// elementwise_backward: the gradients of activations and of softmax.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// dx[i] = dy[i] f'(v[i]) for n values of any alignment. v holds the outputs if Function::derives_from_output, else the
/// inputs. dx may be dy. The tail is loaded and stored in part.
template <class Function, class T>
STRATA_FLATTEN void elementwise_gradient(std::size_t n, const T* v, const T* dy, T* dx) {
    constexpr std::size_t L = lanes<T>;
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L)
        store<T>(dx + i, load(dy + i) * Function::derivative(load(v + i)));
    if (i < n)
        store_partial<T>(dx + i, load_partial(dy + i, n - i) * Function::derivative(load_partial(v + i, n - i)), n - i);
}

/// The sum of a[i] b[i], or of b[i] where a is null. Each lane is summed first, then the lanes are.
template <class T>
T row_dot(std::size_t n, const T* a, const T* b) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums = broadcast(T(0));
    for (std::size_t i = 0; i < n; i += L) {
        const std::size_t count = n - i < L ? n - i : L;
        const simd<T> value = load_partial(b + i, count);
        sums = a != nullptr ? multiply_add(load_partial(a + i, count), value, sums) : sums + value;
    }
    return lane_sum(sums);
}

/// dx (rows, n) = y (dy - sum(dy y)) along each row: the gradient of y = softmax(x). dx may be dy.
template <class T>
void softmax_gradient(std::size_t rows, std::size_t n, const T* y, const T* dy, T* dx) {
    for (std::size_t r = 0; r < rows; ++r, y += n, dy += n, dx += n) {
        const T mean = row_dot(n, y, dy);
        for (std::size_t i = 0; i < n; ++i) dx[i] = y[i] * (dy[i] - mean);
    }
}

/// dx (rows, n) = dy - exp(y) sum(dy) along each row: the gradient of y = log_softmax(x). dx may be dy.
template <class T>
void log_softmax_gradient(std::size_t rows, std::size_t n, const T* y, const T* dy, T* dx) {
    for (std::size_t r = 0; r < rows; ++r, y += n, dy += n, dx += n) {
        const T sum = row_dot<T>(n, nullptr, dy);
        for (std::size_t i = 0; i < n; ++i) dx[i] = dy[i] - exp(y[i]) * sum;
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
