// elementwise: a function of each value of an array. The folder holds kernels that treat values, rows or channels
// independently: activations, additions, softmax, PReLU, scales of channels, and their gradients.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

template <class Function, class T>
STRATA_FLATTEN void elementwise_vectorised(std::size_t n, const T* x, T* y) {
    constexpr std::size_t L = lanes<T>;
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L) store<T>(y + i, Function::apply(load(x + i)));
    if (i < n) store_partial<T>(y + i, Function::apply(load_partial(x + i, n - i)), n - i);
}

/// y[i] = Function(x[i]) for n values of any alignment. y may be x. The tail is loaded and stored in part.
template <class Function, class T>
constexpr void elementwise(std::size_t n, const T* x, T* y) {
    if (std::is_constant_evaluated())
        for (std::size_t i = 0; i < n; ++i) y[i] = Function::apply(x[i]);
    else elementwise_vectorised<Function>(n, x, y);
}

}  // namespace strata::inline STRATA_ISA::kernels
