// add: the sum of two arrays, with a fused activation.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

template <class Function, class T>
void add_vectorised(std::size_t n, const T* a, const T* b, T* y) {
    constexpr std::size_t L = lanes<T>;
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L)
        store<T>(y + i, Function::apply(load(a + i) + load(b + i)));
    if (i < n) store_partial<T>(y + i, Function::apply(load_partial(a + i, n - i) + load_partial(b + i, n - i)), n - i);
}

/// y[i] = Function(a[i] + b[i]) for n values of any alignment. y may be a or b or both. The tail is loaded and stored
/// in part.
template <class Function = linear, class T>
constexpr void add(std::size_t n, const T* a, const T* b, T* y) {
    if (std::is_constant_evaluated())
        for (std::size_t i = 0; i < n; ++i) y[i] = Function::apply(a[i] + b[i]);
    else add_vectorised<Function>(n, a, b, y);
}

}  // namespace strata::inline STRATA_ISA::kernels
