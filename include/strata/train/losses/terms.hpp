// terms: a loss as a sum over values, in vectors, with the derivative in the same pass.
#pragma once

#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Keras' `backend.epsilon()`: keeps logarithms and quotients finite.
inline constexpr double keras_epsilon = 1e-7;

/// The term of one value in a loss, and its derivative by y.
template <class V>
struct term {
    V value;
    V slope;
};

template <class V>
constexpr V constant(double value) {
    return V(kernels::scalar_of<V>(value));
}

/// x's sign; 0 at 0, NaN at NaN.
template <class V>
constexpr V sign_of(V x) {
    return kernels::select(x > V(0), V(1), kernels::select(x < V(0), V(-1), x));
}

/// The derivative of max(x, low) by x: half at the edge, where jax shares it between the two.
template <class V>
constexpr V slope_of_larger(V x, V low) {
    return kernels::select(x > low, V(1), kernels::select(x == low, constant<V>(0.5), V(0)));
}

/// x within [low, high]; NaN stays NaN.
template <class V>
constexpr V clipped(V x, V low, V high) {
    return kernels::min(high, kernels::max(low, x));
}
template <class V>
constexpr V slope_of_clipped(V x, V low, V high) {
    return slope_of_larger(x, low) * slope_of_larger(V(0) - x, V(0) - high);
}

/// The first n targets, 0 < n <= lanes, as a vector of T, then zeros.
template <class T, class Target>
STRATA_INLINE kernels::simd<T> load_targets(const Target* target, std::size_t n) {
    if constexpr (std::is_same_v<T, Target>) {
        return kernels::load_partial(target, n);
    } else {
        alignas(64) T buffer[kernels::lanes<T>]{};
        for (std::size_t i = 0; i < n; ++i) buffer[i] = static_cast<T>(target[i]);
        return kernels::load(static_cast<const T*>(buffer));
    }
}

/// The sum of `terms(y, target)` over n values; dy = factor times the slopes where dy is no null pointer. In the last
/// vector only the n values count; the terms of its padding need not be zero.
template <class Terms, class T, class Target>
T sum_of_terms(const Terms& terms, std::size_t n, const T* y, const Target* target, T factor, T* dy) {
    constexpr std::size_t L = kernels::lanes<T>;
    using vector = kernels::simd<T>;
    vector sums = kernels::broadcast(T(0));
    std::size_t i = 0;
    for (; i + L <= n; i += L) {
        const term<vector> part = terms(kernels::load(y + i), load_targets<T>(target + i, L));
        sums = sums + part.value;
        if (dy != nullptr) kernels::store<T>(dy + i, part.slope * kernels::broadcast(factor));
    }
    T sum = kernels::lane_sum(sums);
    if (i < n) {
        const term<vector> part = terms(kernels::load_partial(y + i, n - i), load_targets<T>(target + i, n - i));
        alignas(64) T values[L];
        kernels::store<T>(values, part.value);
        for (std::size_t j = 0; j < n - i; ++j) sum += values[j];
        if (dy != nullptr) kernels::store_partial<T>(dy + i, part.slope * kernels::broadcast(factor), n - i);
    }
    return sum;
}

/// The mean of the terms, the mean over rows of the means over columns; dy = scale times its derivative.
template <class Terms, class T, class Target>
T mean_of_terms(const Terms& terms, std::size_t n, const T* y, const Target* target, T scale, T* dy) {
    return sum_of_terms(terms, n, y, target, scale / static_cast<T>(n), dy) / static_cast<T>(n);
}

}  // namespace strata::inline STRATA_ISA::detail
