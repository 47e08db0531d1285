// math: elementary functions under one spelling for vectors, scalars at run time, and constant evaluation.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/constexpr_math.hpp>
#include <strata/kernels/simd.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

/// A constant in the scalar type of a vector or scalar V.
template <class V>
constexpr auto scalar_of(double value) {
    if constexpr (std::floating_point<V>) return static_cast<V>(value);
    else return static_cast<typename V::value_type>(value);
}

// Scalars: constant evaluation by constexpr_math, run time by the standard library.
template <std::floating_point T>
constexpr T exp(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::exp(x)) : std::exp(x);
}
template <std::floating_point T>
constexpr T expm1(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::expm1(x)) : std::expm1(x);
}
template <std::floating_point T>
constexpr T log(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::log(x)) : std::log(x);
}
template <std::floating_point T>
constexpr T log1p(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::log1p(x)) : std::log1p(x);
}
template <std::floating_point T>
constexpr T erf(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::erf(x)) : std::erf(x);
}
template <std::floating_point T>
constexpr T tanh_of(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::tanh(x)) : std::tanh(x);
}
/// The larger of the two; where b is NaN, b.
template <std::floating_point T>
constexpr T larger(T a, T b) {
    return a > b ? a : b;
}
/// The smaller of the two; where b is NaN, b.
template <std::floating_point T>
constexpr T smaller(T a, T b) {
    return a < b ? a : b;
}
/// a b + c.
template <std::floating_point T>
constexpr T multiply_add(T a, T b, T c) {
    return a * b + c;
}
template <std::floating_point T>
constexpr T square_root(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::sqrt(x)) : std::sqrt(x);
}
/// x to the y for x >= 0 and y > 0.
template <std::floating_point T>
constexpr T power(T x, T y) {
    if (!std::is_constant_evaluated()) return std::pow(x, y);
    return x > 0 ? static_cast<T>(constexpr_math::exp(y * constexpr_math::log(x))) : x;
}
template <std::floating_point T>
constexpr T choose(bool mask, T a, T b) {
    return mask ? a : b;
}
template <std::floating_point T>
constexpr T magnitude(T x) {
    return x < 0 ? -x : x;
}

#if defined(STRATA_SCALAR)
template <class T>
STRATA_INLINE scalar_batch<T> exp(scalar_batch<T> x) {
    return std::exp(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> expm1(scalar_batch<T> x) {
    return std::expm1(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> log(scalar_batch<T> x) {
    return std::log(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> log1p(scalar_batch<T> x) {
    return std::log1p(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> erf(scalar_batch<T> x) {
    return std::erf(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> tanh_of(scalar_batch<T> x) {
    return std::tanh(x.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> larger(scalar_batch<T> a, scalar_batch<T> b) {
    return max(a, b);
}
template <class T>
STRATA_INLINE scalar_batch<T> smaller(scalar_batch<T> a, scalar_batch<T> b) {
    return min(a, b);
}
template <class T>
STRATA_INLINE scalar_batch<T> square_root(scalar_batch<T> x) {
    return sqrt(x);
}
template <class T>
STRATA_INLINE scalar_batch<T> power(scalar_batch<T> x, scalar_batch<T> y) {
    return std::pow(x.value, y.value);
}
template <class T>
STRATA_INLINE scalar_batch<T> choose(bool mask, scalar_batch<T> a, scalar_batch<T> b) {
    return mask ? a : b;
}
template <class T>
STRATA_INLINE scalar_batch<T> magnitude(scalar_batch<T> x) {
    return abs(x);
}
#else
// exp, expm1, log, log1p and erf of a batch are found by its namespace; a using-declaration would bring std::exp(float)
// along, which wins over the scalar above and is no constant in Clang.
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> tanh_of(const xsimd::batch<T, A>& x) {
    return xsimd::tanh(x);
}
/// The larger of the two; where b is NaN, b: so does the machine's maximum, which xsimd 8 gives. Later ones treat NaN
/// otherwise.
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> larger(const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b) {
    if constexpr (XSIMD_VERSION_MAJOR == 8) return xsimd::max(a, b);
    else return xsimd::select(a > b, a, b);
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> smaller(const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b) {
    if constexpr (XSIMD_VERSION_MAJOR == 8) return xsimd::min(a, b);
    else return xsimd::select(a < b, a, b);
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> square_root(const xsimd::batch<T, A>& x) {
    return xsimd::sqrt(x);
}
template <class T, class A>
inline xsimd::batch<T, A> power(const xsimd::batch<T, A>& x, const xsimd::batch<T, A>& y) {
    // Lane by lane: no kernel waits for it, and xsimd 8.1's log does not compile without optimisation (GCC, AVX-512).
    alignas(64) T bases[xsimd::batch<T, A>::size], exponents[xsimd::batch<T, A>::size];
    x.store_aligned(bases);
    y.store_aligned(exponents);
    for (std::size_t i = 0; i < xsimd::batch<T, A>::size; ++i) bases[i] = std::pow(bases[i], exponents[i]);
    return xsimd::batch<T, A>::load_aligned(bases);
}
template <class M, class T, class A>
STRATA_INLINE xsimd::batch<T, A> choose(const M& mask, const xsimd::batch<T, A>& a, const xsimd::batch<T, A>& b) {
    return xsimd::select(mask, a, b);
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> magnitude(const xsimd::batch<T, A>& x) {
    return xsimd::abs(x);
}
#endif

/// The larger of the two; NaN where either is.
template <class V>
constexpr V maximum(V a, V b) {
    return choose(a == a, larger(a, b), a);
}

}  // namespace STRATA_ISA
}  // namespace strata::kernels
