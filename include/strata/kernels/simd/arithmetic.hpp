// arithmetic: operations with one name for vectors and scalars: multiply_add, square_root, polynomials, negligible
// values.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/constexpr_math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A constant in the scalar type of a vector or scalar V.
template <class V>
constexpr auto scalar_of(double value) {
    if constexpr (std::floating_point<V>) return static_cast<V>(value);
    else return static_cast<typename V::value_type>(value);
}

/// a b + c.
template <std::floating_point T>
constexpr T multiply_add(T a, T b, T c) {
    return a * b + c;
}
template <std::floating_point T>
constexpr T square_root(T x) {
    return std::is_constant_evaluated() ? static_cast<T>(constexpr_math::sqrt(static_cast<double>(x))) : std::sqrt(x);
}

template <class T>
STRATA_INLINE scalar_batch<T> rounded(scalar_batch<T> x) {
    STRATA_KEEP_ROUNDING(x.value);
    return x;
}
template <class T>
STRATA_INLINE scalar_batch<T> square_root(scalar_batch<T> x) {
    return sqrt(x);
}
#if !defined(STRATA_SCALAR)
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> rounded(xsimd::batch<T, A> x) {
    STRATA_KEEP_ROUNDING(x.data);
    return x;
}
template <class T, class A>
STRATA_INLINE xsimd::batch<T, A> square_root(const xsimd::batch<T, A>& x) {
    return kernels::sqrt(x);
}
#endif

/// Values of smaller magnitude are set to zero in the state of recurrent layers and streams. As an input fades,
/// products of such values with weights would become subnormal, which are slow.
template <class T>
inline constexpr T negligible = static_cast<T>(sizeof(T) == 4 ? 0x1p-80 : 0x1p-800);
#if defined(__AVX512VL__) && !defined(STRATA_SCALAR)
/// The same of four floats with the mask in a register of masks, which xsimd uses for vectors of 64 bytes only. Twice
/// the bits of x are twice those of its magnitude, and magnitudes are ordered as their bits are.
STRATA_INLINE __m128 without_negligible_lanes(__m128 x) {
    const __m128i bits = _mm_castps_si128(x);
    const __m128i bound = _mm_set1_epi32(std::bit_cast<int>(2 * std::bit_cast<unsigned>(negligible<float>)));
    return _mm_maskz_mov_ps(_mm_cmpge_epu32_mask(_mm_add_epi32(bits, bits), bound), x);
}
#endif
/// x, or 0 where x is negligible. NaN stays NaN.
template <class V>
STRATA_INLINE V without_negligible(const V& x) {
    if constexpr (std::floating_point<V>) return abs(x) < negligible<V> ? V(0) : x;
#if defined(__AVX512VL__) && !defined(STRATA_SCALAR)
    else if constexpr (std::is_same_v<typename V::value_type, float> && sizeof(V) == 16)
        return without_negligible_lanes(x);
#endif
    else return select(abs(x) < V(negligible<typename V::value_type>), V(0), x);
}
/// y = x (N), with 0 for negligible values. y is padded with zeros to whole vectors; x is not read past N.
template <std::size_t N, class T>
STRATA_INLINE void copy_without_negligible(const T* x, T* y) {
    using V = simd_for<T, N>;
    constexpr std::size_t L = V::size, whole = N / L * L;
    for (std::size_t i = 0; i < whole; i += L) store_exactly<L>(y + i, without_negligible(load_exactly<V, L>(x + i)));
    if constexpr (whole < N) store_exactly<L>(y + whole, without_negligible(load_exactly<V, N - whole>(x + whole)));
}
/// x^2 for a polynomial in x^2 whose first coefficient is about 1. The value is bounded away from zero, so that neither
/// it nor its powers become subnormal. With fused multiply-adds this costs no more than the product.
template <class V>
STRATA_INLINE V square_of_normal(const V& x) {
    constexpr bool is_float = sizeof(typename V::value_type) == 4;
    if constexpr (has_fused_multiply_add) {
        return multiply_add(x, x, V(scalar_of<V>(is_float ? 0x1p-40 : 0x1p-200)));
    } else {
        const V size = max(V(scalar_of<V>(is_float ? 0x1p-20 : 0x1p-100)), abs(x));
        return size * size;
    }
}

/// max(a, b); NaN where a or b is NaN.
template <class V>
constexpr V maximum(V a, V b) {
    return select(a == a, max(a, b), a);
}
/// min(a, b); NaN where a or b is NaN.
template <class V>
constexpr V minimum(V a, V b) {
    return select(a == a, min(a, b), a);
}

#if defined(STRATA_NEON)
/// Arm's instructions give NaN where one of both is.
template <class T>
STRATA_INLINE xsimd::batch<T, exact_neon> maximum(xsimd::batch<T, exact_neon> a, xsimd::batch<T, exact_neon> b) {
    return xsimd::max(a, b);
}
template <class T>
STRATA_INLINE xsimd::batch<T, exact_neon> minimum(xsimd::batch<T, exact_neon> a, xsimd::batch<T, exact_neon> b) {
    return xsimd::min(a, b);
}
#endif

/// c[0] + c[1] x + c[2] x^2 + ... with square = x^2. Pairs of terms are combined first: half as many dependent
/// operations as Horner's rule, and no more in total.
template <std::size_t Count, class V>
STRATA_INLINE V polynomial(const V& x, const V& square, const typename V::value_type (&c)[Count]) {
    constexpr std::size_t last = (Count - 1) / 2 * 2;
    V sum = V(c[last]);
    if constexpr (last + 1 < Count) sum = multiply_add(V(c[last + 1]), x, sum);
    STRATA_UNROLL
    for (std::size_t i = last; i >= 2; i -= 2)
        sum = multiply_add(sum, square, multiply_add(V(c[i - 1]), x, V(c[i - 2])));
    return sum;
}

}  // namespace strata::inline STRATA_ISA::kernels
