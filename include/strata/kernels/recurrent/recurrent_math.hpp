// recurrent_math: powers of two for the gates of a cell, which are computed over a common denominator.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/hyperbolic.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The largest exponent of a gate. The product of three such powers is finite. A sigmoid of 2^-40 is negligible next to
/// any gate that it is added to.
inline constexpr float largest_gate_exponent = 40.0f;

/// log2(e). The weights of gates are scaled by it when they are packed, so that exponentials become powers of two.
inline constexpr double log2_e = natural_log_of_two<double>::inverse;

/// x rounded to the nearest integer, |x| < 2^22.
template <class V>
STRATA_INLINE V nearest(const V& x) {
#if defined(STRATA_SCALAR)
    return std::nearbyint(x.value);
#else
#if defined(STRATA_HAS_NEON64)
    return vrndnq_f32(x);
#elif defined(STRATA_HAS_NEON32) || (defined(STRATA_HAS_SSE2) && !defined(STRATA_HAS_SSE4_1))
    return nearest_multiple(x, 1.0f);  // there is no rounding instruction; xsimd's sum is removed by -ffast-math
#else
    return xsimd::nearbyint(x);
#endif
#endif
}

/// x - nearest(x), |x| < 2^22: exact. AVX-512 has one instruction for it, which takes a third of the time of the two.
template <class V>
STRATA_INLINE V above_nearest(const V& x) {
#if defined(__AVX512DQ__) && !defined(STRATA_SCALAR)
    if constexpr (sizeof(V) == 64) return _mm512_reduce_ps(x, 8);
#if defined(__AVX512VL__)
    if constexpr (sizeof(V) == 32) return _mm256_reduce_ps(x, 8);
    if constexpr (sizeof(V) == 16) return _mm_reduce_ps(x, 8);
#endif
#endif
    return x - nearest(x);
}

/// x 2^n for integers n up to 127. Where n is smaller, the result is 0 or negligible.
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

/// 2^n for integers n up to 127. Where n is smaller, the result is 0 or negligible.
template <class V>
STRATA_INLINE V integer_power_of_two(const V& n) {
    return times_power_of_two(V(1), n);
}

/// Power 2^t + Offset for t up to largest_gate_exponent; larger t give about the same as it. Relative error of the
/// power 1.5e-7, of which 9e-8 is the polynomial's. NaN stays NaN. The bound, the fraction of t and the power of its
/// integer part do not wait for each other.
template <class V>
STRATA_INLINE V power_of_two_plus(const V& t, const V& offset) {
    const V n = nearest(t), f = above_nearest(t);
    constexpr float c[] = {1.0f,
                           0.6931469775986907f,
                           0.24022242085060092f,
                           0.05550733743930229f,
                           0.009671512654104156f,
                           0.0013264726993378745f};
    return multiply_add(polynomial(f, square_of_normal(f), c), integer_power_of_two(min(V(largest_gate_exponent), n)),
                        offset);
}

/// The numerator of tanh_fraction(x), and its denominator times `factor`, which is at least 1 and waits for no other
/// product. x is not treated so: its product with the fourth power would be subnormal where x is small.
template <class V>
STRATA_INLINE fraction<V> tanh_fraction_times(const V& x, const V& factor) {
    const auto t = tanh_terms(x);
    return {t.x * multiply_add(t.p_high, t.fourth, t.p_low),
            multiply_add(t.q_high, factor * t.fourth, factor * t.q_low)};
}

}  // namespace strata::inline STRATA_ISA::kernels
