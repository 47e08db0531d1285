// float_bits: exponent, mantissa and sign of floating-point vectors; scaling by powers of two.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The floating-point format of T. integer + x has the integer nearest to x in its lowest bits. exponents + n has the
/// biased exponent of 2^n in its lowest bits.
template <class T>
struct float_format;
template <>
struct float_format<float> {
    using bits = std::uint32_t;
    static constexpr int mantissa = 23;
    static constexpr float bias = 127, integer = 0x1.8p23f, exponents = integer + bias;
};
template <>
struct float_format<double> {
    using bits = std::uint64_t;
    static constexpr int mantissa = 52;
    static constexpr double bias = 1023, integer = 0x1.8p52, exponents = integer + bias;
};

namespace detail {

template <class T>
STRATA_INLINE auto to_bits(scalar_batch<T> x) {
    return std::bit_cast<typename float_format<T>::bits>(x.value);
}
template <class V>
STRATA_INLINE V from_bits(typename float_format<typename V::value_type>::bits x) {
    return std::bit_cast<typename V::value_type>(x);
}
#if !defined(STRATA_SCALAR)
template <class T, class A>
STRATA_INLINE auto to_bits(const xsimd::batch<T, A>& x) {
    return std::bit_cast<xsimd::batch<typename float_format<T>::bits, A>>(x);
}
template <class V, class Bits>
STRATA_INLINE V from_bits(const Bits& x) {
    return std::bit_cast<V>(x);
}
#endif

/// Whether the target has AVX-512's instructions on exponents (scalef, getexp) for V.
#if defined(__AVX512F__) && !defined(STRATA_SCALAR)
#if defined(__AVX512VL__)
template <class V>
inline constexpr bool has_exponent_instructions = true;
#else
template <class V>
inline constexpr bool has_exponent_instructions = sizeof(V) == 64;
#endif
template <class V>
STRATA_INLINE V scale_instruction(const V& p, const V& n) {
    constexpr bool is_float = std::is_same_v<typename V::value_type, float>;
#if defined(__AVX512VL__)
    if constexpr (sizeof(V) == 16 && is_float) return _mm_scalef_ps(p, n);
    if constexpr (sizeof(V) == 16 && !is_float) return _mm_scalef_pd(p, n);
    if constexpr (sizeof(V) == 32 && is_float) return _mm256_scalef_ps(p, n);
    if constexpr (sizeof(V) == 32 && !is_float) return _mm256_scalef_pd(p, n);
#endif
    if constexpr (sizeof(V) == 64 && is_float) return _mm512_scalef_ps(p, n);
    if constexpr (sizeof(V) == 64 && !is_float) return _mm512_scalef_pd(p, n);
}
#else
template <class V>
inline constexpr bool has_exponent_instructions = false;
template <class V>
V scale_instruction(const V& p, const V& n);
#endif

/// A power of two as two factors, so that neither factor leaves the range of normal numbers.
template <class T>
struct shifted_exponent {
    T exponent, up, down;
};
template <class T>
inline constexpr shifted_exponent<T> exponent_shift = {64, 0x1p64f, 0x1p-64f};
template <>
inline constexpr shifted_exponent<double> exponent_shift<double> = {512, 0x1p512, 0x1p-512};
/// 2^(n + shift), where origin = exponents + shift.
template <class V>
STRATA_INLINE V power_from(const V& n, const V& origin) {
    return from_bits<V>(to_bits(n + origin) << float_format<typename V::value_type>::mantissa);
}

}  // namespace detail

/// The integer nearest to x times factor, |x factor| < 2^22 (2^51 of double).
template <class V>
STRATA_INLINE V nearest_multiple(const V& x, typename V::value_type factor) {
    const V integer = V(float_format<typename V::value_type>::integer);
    return rounded(rounded(multiply_add(x, V(factor), integer)) - integer);
}

/// 2^n for integers n whose power is a normal number: -126 to 127 (float), -1022 to 1023 (double).
template <class V>
STRATA_INLINE V power_of_two(const V& n) {
    return detail::power_from(n, V(float_format<typename V::value_type>::exponents));
}

/// (1 + rest) 2^n for small rest and integers n from -190 to 63 (float), -1500 to 500 (double). A subnormal result is
/// rounded once.
template <class V>
STRATA_INLINE V scale_down(const V& rest, const V& n) {
    using T = typename V::value_type;
    if constexpr (detail::has_exponent_instructions<V>) return detail::scale_instruction(V(1) + rest, n);
    constexpr auto shift = detail::exponent_shift<T>;
    const V down = V(shift.down);
    return rounded(multiply_add(rest, down, down)) *
           detail::power_from(n, V(float_format<T>::exponents + shift.exponent));
}

/// (1 + rest) 2^n for small rest and integers n from -190 to 190 (float), -1500 to 1500 (double). Overflow gives
/// infinity.
template <class V>
STRATA_INLINE V scale(const V& rest, const V& n) {
    using T = typename V::value_type;
    if constexpr (detail::has_exponent_instructions<V>) return detail::scale_instruction(V(1) + rest, n);
    constexpr auto shift = detail::exponent_shift<T>;
    constexpr T exponents = float_format<T>::exponents;
    const auto falls = n < V(0);
    const V back = select(falls, V(shift.down), V(shift.up));
    const V origin = select(falls, V(exponents + shift.exponent), V(exponents - shift.exponent));
    return rounded(multiply_add(rest, back, back)) * detail::power_from(n, origin);
}

/// y with the sign of x; y >= 0.
template <class T>
STRATA_INLINE scalar_batch<T> copy_sign(scalar_batch<T> y, scalar_batch<T> x) {
    return std::copysign(y.value, x.value);
}
/// -|x|.
template <class T>
STRATA_INLINE scalar_batch<T> negative_abs(scalar_batch<T> x) {
    return -std::fabs(x.value);
}
#if !defined(STRATA_SCALAR)
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> copy_sign(const xsimd::batch<T, A>& y, const xsimd::batch<T, A>& x) {
    return y | (x & xsimd::batch<T, A>(-T(0)));
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> negative_abs(const xsimd::batch<T, A>& x) {
    return x | xsimd::batch<T, A>(-T(0));
}
#endif

/// x = mantissa 2^exponent.
template <class V>
struct binary_parts {
    V mantissa;
    V exponent;
};

/// The parts of x > 0 with 0.75 <= mantissa < 1.5, so that values near 1 have exponent 0. For other x the parts are
/// unspecified; those of AVX-512 have the logarithm of x.
template <class V>
STRATA_INLINE binary_parts<V> split(const V& x) {
    using T = typename V::value_type;
    using format = float_format<T>;
    constexpr auto bits_of = [](T value) { return std::bit_cast<typename format::bits>(value); };
#if defined(__AVX512F__) && !defined(STRATA_SCALAR)
    if constexpr (sizeof(V) == 64) {
        constexpr auto range = _MM_MANT_NORM_p75_1p5;
        constexpr auto sign = _MM_MANT_SIGN_nan;
        if constexpr (std::is_same_v<T, float>) {
            const __m512 m = _mm512_getmant_ps(x, range, sign);
            return {m, _mm512_sub_ps(_mm512_getexp_ps(x), _mm512_getexp_ps(m))};
        } else {
            const __m512d m = _mm512_getmant_pd(x, range, sign);
            return {m, _mm512_sub_pd(_mm512_getexp_pd(x), _mm512_getexp_pd(m))};
        }
    }
#endif
    constexpr T smallest_normal = std::numeric_limits<T>::min(), shift = T(format::mantissa + 1);
    const auto is_subnormal = x < V(smallest_normal);
    const V normal = select(is_subnormal, x * V(T(typename format::bits{2} << format::mantissa)), x);
    // Half of the mantissa's range is added, so that mantissas of 1.5 and more carry into the exponent.
    using B = decltype(detail::to_bits(x));
    const B carried = detail::to_bits(normal) + B(bits_of(T(1)) - bits_of(T(0.75)));
    const B mask = B((typename format::bits{1} << format::mantissa) - 1);
    const V mantissa = detail::from_bits<V>((carried & mask) + B(bits_of(T(0.75))));
    constexpr T whole = static_cast<T>(typename format::bits{1} << format::mantissa);
    const V biased = detail::from_bits<V>((carried >> format::mantissa) | B(bits_of(whole)));
    return {mantissa, biased - select(is_subnormal, V(whole + format::bias + shift), V(whole + format::bias))};
}

}  // namespace strata::inline STRATA_ISA::kernels
