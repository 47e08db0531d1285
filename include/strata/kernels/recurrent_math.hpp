// recurrent_math: powers of two and hyperbolic tangents as fractions, of which the gates of a cell share one division.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math.hpp>
#include <strata/kernels/simd.hpp>

namespace strata::kernels {
inline namespace STRATA_ISA {

/// The largest exponent that a gate takes: products of three powers of two up to here stay finite, and a sigmoid of
/// 2^-40 is zero to every digit that is added to another gate.
inline constexpr float largest_exponent = 40.0f;

/// log2(e), by which the weights of gates are scaled so that their exponentials are powers of two.
inline constexpr double log2_e = 1.4426950408889634;

/// x rounded to the nearest integer, |x| < 2^22.
template <class V>
STRATA_INLINE V nearest(const V& x) {
#if defined(STRATA_SCALAR)
    return std::nearbyint(x.value);
#else
#if defined(__AVX512F__)
    if constexpr (sizeof(V) == 64) return _mm512_roundscale_ps(x, 8);
#endif
    return xsimd::nearbyint(x);
#endif
}

/// x 2^n for integers n up to 127; 0 where n is far below -126.
template <class V>
STRATA_INLINE V times_power_of_two(const V& x, const V& n) {
#if defined(STRATA_SCALAR)
    return std::ldexp(x.value, static_cast<int>(n.value));
#else
#if defined(__AVX512F__)
    if constexpr (sizeof(V) == 64) return _mm512_scalef_ps(x, n);
#if defined(__AVX512VL__)
    if constexpr (sizeof(V) == 32) return _mm256_scalef_ps(x, n);
    if constexpr (sizeof(V) == 16) return _mm_scalef_ps(x, n);
#endif
#endif
    return xsimd::ldexp(x, xsimd::to_int(larger(V(-126.0f), n)));
#endif
}

/// (2^f - 1) / f for |f| <= 1/2, to 1.1e-8: the error is relative, so that powers near 1 keep their digits.
template <class V>
STRATA_INLINE V power_slope(const V& f) {
    const V f2 = f * f;
    const V low = multiply_add(f, V(0.24022649794870332f), V(0.6931471879267436f));
    const V middle = multiply_add(f, V(0.00961823750920757f), V(0.05550357433576f));
    const V high = multiply_add(f, V(0.00015403507794844345f), V(0.00133907354930825f));
    return multiply_add(multiply_add(high, f2, middle), f2, low);
}

/// 2^t, t cut at largest_exponent; relative error 1.5e-7, of which the polynomial has 9e-8. NaN stays NaN.
template <class V>
STRATA_INLINE V bounded_power_of_two(V t) {
    t = smaller(V(largest_exponent), t);
    const V n = nearest(t), f = t - n, f2 = f * f;
    const V low = multiply_add(f, V(0.6931469775986907f), V(1));
    const V middle = multiply_add(f, V(0.05550733743930229f), V(0.24022242085060092f));
    const V high = multiply_add(f, V(0.0013264726993378745f), V(0.009671512654104156f));
    return times_power_of_two(multiply_add(multiply_add(high, f2, middle), f2, low), n);
}

/// 2^t - 1, t cut at largest_exponent, with a small relative error near 0 too. tanh(x) is e / (e + 2) of t = 2 x
/// log2(e).
template <class V>
STRATA_INLINE V power_of_two_less_one(V t) {
    t = smaller(V(largest_exponent), t);
    const V n = nearest(t), f = t - n;
    const V power = times_power_of_two(V(1), n);
    return multiply_add(power * f, power_slope(f), power - V(1));
}

}  // namespace STRATA_ISA
}  // namespace strata::kernels
