// math: elementary functions with one name for vectors, scalars and constant evaluation. The folder holds the vector
// versions, one header for each family of functions.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/error_function.hpp>
#include <strata/kernels/math/exponential.hpp>
#include <strata/kernels/math/hyperbolic.hpp>
#include <strata/kernels/math/logarithm.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/constexpr_math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

// Scalars call constexpr_math in constant evaluation and the standard library at run time. Vectors call vector_math.
template <std::floating_point T>
constexpr T exp(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::exp(static_cast<double>(x))) : std::exp(x);
}
template <std::floating_point T>
constexpr T expm1(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::expm1(static_cast<double>(x))) : std::expm1(x);
}
template <std::floating_point T>
constexpr T log(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::log(static_cast<double>(x))) : std::log(x);
}
template <std::floating_point T>
constexpr T log1p(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::log1p(static_cast<double>(x))) : std::log1p(x);
}
template <std::floating_point T>
constexpr T erf(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::erf(static_cast<double>(x))) : std::erf(x);
}
template <std::floating_point T>
constexpr T tanh_of(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::tanh(static_cast<double>(x))) : std::tanh(x);
}
/// x^y for x >= 0 and y > 0.
template <std::floating_point T>
constexpr T power(T x, T y) {
    if (!std::is_constant_evaluated()) return std::pow(x, y);
    const double exponent = static_cast<double>(y) * constexpr_math::log(static_cast<double>(x));
    return x > 0 ? static_cast<T>(constexpr_math::exp(exponent)) : x;
}

template <class T>
STRATA_INLINE scalar_batch<T> exp(scalar_batch<T> x) {
    return vector_math::exp(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> expm1(scalar_batch<T> x) {
    return vector_math::expm1(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> log(scalar_batch<T> x) {
    return vector_math::log(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> log1p(scalar_batch<T> x) {
    return vector_math::log1p(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> erf(scalar_batch<T> x) {
    return vector_math::erf(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> tanh_of(scalar_batch<T> x) {
    return vector_math::tanh(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> power(scalar_batch<T> x, scalar_batch<T> y) {
    return std::pow(x.value, y.value);
}
#if !defined(STRATA_SCALAR)
// Argument-dependent lookup also finds xsimd's functions of these names. The constraint makes these overloads
// preferred.
template <class T, class A>
    requires std::floating_point<T>
STRATA_INLINE xsimd::batch<T, A> exp(const xsimd::batch<T, A>& x) {
    return vector_math::exp(x);
}
template <class T, class A>
    requires std::floating_point<T>
STRATA_INLINE xsimd::batch<T, A> expm1(const xsimd::batch<T, A>& x) {
    return vector_math::expm1(x);
}
template <class T, class A>
    requires std::floating_point<T>
STRATA_INLINE xsimd::batch<T, A> log(const xsimd::batch<T, A>& x) {
    return vector_math::log(x);
}
template <class T, class A>
    requires std::floating_point<T>
STRATA_INLINE xsimd::batch<T, A> log1p(const xsimd::batch<T, A>& x) {
    return vector_math::log1p(x);
}
template <class T, class A>
    requires std::floating_point<T>
STRATA_INLINE xsimd::batch<T, A> erf(const xsimd::batch<T, A>& x) {
    return vector_math::erf(x);
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> tanh_of(const xsimd::batch<T, A>& x) {
    return vector_math::tanh(x);
}
template <class T, class A>
inline xsimd::batch<T, A> power(const xsimd::batch<T, A>& x, const xsimd::batch<T, A>& y) {
    // Lane by lane: no kernel depends on its speed.
    alignas(64) T bases[xsimd::batch<T, A>::size], exponents[xsimd::batch<T, A>::size];
    x.store_aligned(bases);
    y.store_aligned(exponents);
    for (std::size_t i = 0; i < xsimd::batch<T, A>::size; ++i) bases[i] = std::pow(bases[i], exponents[i]);
    return xsimd::batch<T, A>::load_aligned(bases);
}
#endif
/// e^x for x <= 40.
template <class V>
STRATA_INLINE constexpr V bounded_exp(V x) {
    if constexpr (std::floating_point<V>) return exp(x);
    else return vector_math::bounded_exp(x);
}
/// e^x - 1 for x <= 40.
template <class V>
STRATA_INLINE constexpr V bounded_expm1(V x) {
    if constexpr (std::floating_point<V>) return expm1(x);
    else return vector_math::bounded_expm1(x);
}
/// e^-|x|, which is at most 1.
template <class V>
STRATA_INLINE constexpr V exp_minus_abs(V x) {
    if constexpr (std::floating_point<V>) return exp(-abs(x));
    else return vector_math::bounded_exp(negative_abs(x));
}
/// log(1 + x) for 0 <= x <= 1.
template <class V>
STRATA_INLINE constexpr V bounded_log1p(V x) {
    if constexpr (std::floating_point<V>) return log1p(x);
    else return vector_math::bounded_log1p(x);
}
/// The tail of the normal distribution beyond |x|.
template <class V>
STRATA_INLINE constexpr normal_tail<V> normal_beyond(V x) {
    if constexpr (!std::floating_point<V>) return vector_math::normal_beyond(x);
    else {
        const V distance = min(scalar_of<V>(39), abs(x)), root = scalar_of<V>(0.70710678118654752);
        const V probability = std::is_constant_evaluated() ? V(1) - erf(distance * root) : std::erfc(distance * root);
        return {distance, exp(distance * distance / V(-2)), probability / V(2)};
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
