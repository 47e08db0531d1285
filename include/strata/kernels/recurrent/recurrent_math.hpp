// recurrent_math: powers of two for the gates of a cell, whose fractions share one division.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

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
#if defined(__SSE2__) && !defined(__SSE4_1__)
    return nearest_multiple(x, 1.0f);  // the machine does not round: xsimd does by a sum that -ffast-math removes
#else
    return xsimd::nearbyint(x);
#endif
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
    return xsimd::ldexp(x, xsimd::to_int(max(V(-126.0f), n)));
#endif
}

/// 2^t, t cut at largest_exponent; relative error 1.5e-7, of which the polynomial has 9e-8. NaN stays NaN.
template <class V>
STRATA_INLINE V bounded_power_of_two(V t) {
    t = min(V(largest_exponent), t);
    const V n = nearest(t), f = t - n;
    constexpr float c[] = {1.0f,
                           0.6931469775986907f,
                           0.24022242085060092f,
                           0.05550733743930229f,
                           0.009671512654104156f,
                           0.0013264726993378745f};
    return times_power_of_two(polynomial(f, square_of_normal(f), c), n);
}

}  // namespace strata::inline STRATA_ISA::kernels
