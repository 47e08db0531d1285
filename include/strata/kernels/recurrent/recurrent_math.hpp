// recurrent_math: powers of two for the gates of a cell, which are computed over a common denominator.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/hyperbolic.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/math/tables.hpp>
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

#if defined(STRATA_HAS_TABLES)
/// Powers of two of 16 floats. A table has those of the 32nds of an integer; a polynomial has the rest, whose error is
/// 6e-8.
struct powers_of_two {
    static constexpr tables_of_32<1> table = [] {
        constexpr double step = 1.0218971486541166;  // 2^(1/32)
        tables_of_32<1> result;
        double power = 1.0;
        for (float& value : result.values[0]) {
            value = static_cast<float>(power);
            power *= step;
        }
        return result;
    }();
    static STRATA_INLINE __m512 apply(__m512 t, __m512 offset) {
        // The sum with a large number, rounded down, has the 32nds of t in its last five bits.
        constexpr int down = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC, bits_of_fraction = 5 << 4;
        const __m512i part = _mm512_castps_si512(_mm512_add_round_ps(t, _mm512_set1_ps(0x1.8p18f), down));
        const __m512 rest = _mm512_reduce_ps(t, bits_of_fraction | _MM_FROUND_TO_NEG_INF);
        const __m512 factor = _mm512_fmadd_ps(
            _mm512_fmadd_ps(_mm512_set1_ps(0.242651422f), rest, _mm512_set1_ps(0.693123968f)), rest, _mm512_set1_ps(1));
        // The scaling rounds its exponent down. The minimum is the second operand where one is NaN.
        const __m512 exponent = _mm512_min_ps(_mm512_set1_ps(largest_gate_exponent), t);
        return _mm512_fmadd_ps(_mm512_scalef_ps(value_of_32(table.values[0], part), exponent), factor, offset);
    }
};
#endif

/// 2^t + offset for t up to largest_gate_exponent; larger t give about the same as it. Relative error of the power
/// 1.5e-7, of which up to 9e-8 are the polynomial's; 2.5e-7 with a table. NaN stays NaN. The bound, the fraction of t
/// and the power of its integer part do not wait for each other.
template <class V>
STRATA_INLINE V power_of_two_plus(const V& t, const V& offset) {
#if defined(STRATA_HAS_TABLES)
    if constexpr (sizeof(V) == 64) return powers_of_two::apply(t, offset);
#endif
#if defined(__AVX512DQ__) && defined(__AVX512VL__) && !defined(STRATA_SCALAR)
    // Its scaling rounds an exponent down, so that the fraction is that above the next integer below t.
    constexpr int down = 9;
    constexpr float c[] = {1.0f,
                           0.6931512951850891f,
                           0.2401645928621292f,
                           0.05579951405525208f,
                           0.009017480537295341f,
                           0.0018669526325538754f};
    V f = t;
    if constexpr (sizeof(V) == 64) f = _mm512_reduce_ps(t, down);
    if constexpr (sizeof(V) == 32) f = _mm256_reduce_ps(t, down);
    if constexpr (sizeof(V) == 16) f = _mm_reduce_ps(t, down);
    return multiply_add(polynomial(f, square_of_normal(f), c), integer_power_of_two(min(V(largest_gate_exponent), t)),
                        offset);
#else
    constexpr float c[] = {1.0f,
                           0.6931469775986907f,
                           0.24022242085060092f,
                           0.05550733743930229f,
                           0.009671512654104156f,
                           0.0013264726993378745f};
    const V n = nearest(t), f = t - n;
    return multiply_add(polynomial(f, square_of_normal(f), c), integer_power_of_two(min(V(largest_gate_exponent), n)),
                        offset);
#endif
}

/// A quotient, and an estimate of it that is known earlier and good to 1e-4.
template <class V>
struct estimated_quotient {
    V value, estimate;
};
/// a / b to 1 ULP, for finite a and for b whose inverse is normal. The latency of AVX-512's division is that of four
/// multiply-adds; a step of Newton's method takes three and a half.
template <class V>
STRATA_INLINE estimated_quotient<V> quotient(const V& a, const V& b) {
#if defined(__AVX512F__) && !defined(STRATA_SCALAR)
    if constexpr (sizeof(V) == 64) {
        const V inverse = _mm512_rcp14_ps(b);
        const V estimate = a * inverse, rest = _mm512_fnmadd_ps(b, inverse, V(1));
        return {multiply_add(estimate, rest, estimate), estimate};
    }
#endif
    const V value = a / b;
    return {value, value};
}

/// The numerator of tanh x, and its denominator times `factor`, which is at least 1 and waits for no other product. The
/// square of a small x counts as 0, so that x^3 is never subnormal. Its bounds wait for the estimate of x alone.
template <class V>
STRATA_INLINE fraction<V> tanh_fraction_times(const estimated_quotient<V>& of, const V& factor) {
    using constants = tanh_constants;
    const V one(constants::one);
    const auto is_beyond = abs(of.estimate) > one;  // false for NaN, which the square keeps
    const V x = between(of.value, one);
    const auto is_small = abs(of.estimate) < V(0x1p-40f);
    const V inside = select(is_small, V(0), square_of_normal(of.value));
    const V square = select(is_beyond, square_of_normal(one), inside), fourth = square * square;
    const auto pair = [&](const float* c) STRATA_INLINE_CALL { return multiply_add(V(c[1]), square, V(c[0])); };
    const V rest = multiply_add(pair(constants::p + 3), fourth, pair(constants::p + 1));
    const V q_high = multiply_add(V(constants::q[4]), fourth, pair(constants::q + 2));
    return {multiply_add(x * square, rest, x), multiply_add(q_high, factor * fourth, factor * pair(constants::q))};
}

}  // namespace strata::inline STRATA_ISA::kernels
