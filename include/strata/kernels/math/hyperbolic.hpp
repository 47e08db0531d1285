// hyperbolic: tanh for vectors.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/exponential.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/float_bits.hpp>
#include <strata/kernels/simd/min_max.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The value numerator / denominator.
template <class V>
struct fraction {
    V numerator;
    V denominator;
};

/// tanh x is about x (p_low + fourth p_high) / (q_low + fourth q_high).
template <class V>
struct tanh_terms_of {
    V x, fourth, p_low, p_high, q_low, q_high;
};

/// tanh x is about x p(x^2) / q(x^2) up to `one`, where the result has become 1, with and without fused multiply-adds.
struct tanh_constants {
    static constexpr float one = 8.05593967f;
    static constexpr float p[] = {1.0f, 0.133797228f, 0.00349403475f, 2.05835076e-5f, 1.33192239e-8f};
    static constexpr float q[] = {1.0f, 0.467130423f, 0.0258710794f, 3.28309397e-4f, 7.76204786e-7f};
};

/// x between -bound and bound. NaN stays NaN, but with AVX-512, whose one instruction gives `bound`.
template <class V>
STRATA_INLINE V between(const V& x, const V& bound) {
    // The smaller magnitude, with the sign of x. Without optimization GCC's header has a macro, which warns.
#if defined(__AVX512DQ__) && !defined(STRATA_SCALAR) && (defined(__OPTIMIZE__) || defined(__clang__))
    if constexpr (sizeof(V) == 64 && std::is_same_v<typename V::value_type, float>) return _mm512_range_ps(x, bound, 2);
#if defined(__AVX512VL__)
    if constexpr (sizeof(V) == 32 && std::is_same_v<typename V::value_type, float>) return _mm256_range_ps(x, bound, 2);
#endif
#endif
    return max(-bound, min(bound, x));
}

/// The terms of tanh x of float vectors, which is x p(x^2) / q(x^2). NaN stays NaN.
template <class V>
STRATA_INLINE tanh_terms_of<V> tanh_terms(const V& unbounded) {
    constexpr float one = tanh_constants::one;
    constexpr const auto& p = tanh_constants::p;
    constexpr const auto& q = tanh_constants::q;
    // The square is clamped by itself, so that it does not wait for x.
    const V x = between(unbounded, V(one));
    const V square = min(square_of_normal(V(one)), square_of_normal(unbounded)), fourth = square * square;
    const auto low = [&](const float* c) STRATA_INLINE_CALL { return multiply_add(V(c[1]), square, V(c[0])); };
    const auto high = [&](const float* c) STRATA_INLINE_CALL {
        return multiply_add(V(c[4]), fourth, multiply_add(V(c[3]), square, V(c[2])));
    };
    return {.x = x, .fourth = fourth, .p_low = low(p), .p_high = high(p), .q_low = low(q), .q_high = high(q)};
}

/// tanh x of float vectors. Its chain of dependent operations is half as long as with an exponential. The minimax
/// fraction has an error of 0.5 ULP, its evaluation up to 5.5; it is never larger than 1.
template <class V>
STRATA_INLINE fraction<V> tanh_fraction(const V& unbounded) {
    const auto t = tanh_terms(unbounded);
    return {t.x * multiply_add(t.p_high, t.fourth, t.p_low), multiply_add(t.q_high, t.fourth, t.q_low)};
}
/// `factor` times tanh x.
template <class V>
STRATA_INLINE fraction<V> tanh_fraction(const V& unbounded, const V& factor) {
    const auto t = tanh_terms(unbounded);
    return {(factor * t.x) * multiply_add(t.p_high, t.fourth, t.p_low), multiply_add(t.q_high, t.fourth, t.q_low)};
}

/// a / b to 7e-5 of its value, for normal b. AVX-512 has an instruction for the inverse of b, which takes a third of
/// the time of a division and gives the same for vectors of every width. Elsewhere it is a / b.
template <class V>
STRATA_INLINE constexpr V approximate_quotient(const V& a, const V& b) {
#if defined(__AVX512F__) && defined(__AVX512VL__) && !defined(STRATA_SCALAR)
    if constexpr (!std::is_floating_point_v<V>) {
        if constexpr (std::is_same_v<typename V::value_type, float>) {
            if constexpr (sizeof(V) == 64) return a * V(_mm512_rcp14_ps(b));
            if constexpr (sizeof(V) == 32) return a * V(_mm256_rcp14_ps(b));
            if constexpr (sizeof(V) == 16) return a * V(_mm_rcp14_ps(b));
            if constexpr (V::size == 1)
                return a * V(_mm_cvtss_f32(_mm_rcp14_ss(_mm_setzero_ps(), _mm_set_ss(b.value))));
        }
    }
#endif
    return a / b;
}

namespace detail {

/// Coefficients of the minimax fraction of tanh x in x^2 up to `one`. The numerator is smaller by 6e-5, so that no
/// value is above 1.
struct approximate_tanh_constants {
    static constexpr double one = 5.25;
    static constexpr double p[] = {0.999936529, 0.100891791, 6.30953639e-4};
    static constexpr double q[] = {1.00024649, 0.43362062, 0.01239316};
};

}  // namespace detail

/// tanh x as a fraction with an error below 1.3e-4, of scalars and vectors. The denominator is between 1 and 23. The
/// fraction is never above 1. NaN stays NaN.
template <class V>
STRATA_INLINE constexpr fraction<V> approximate_tanh_fraction(const V& unbounded) {
    using constants = detail::approximate_tanh_constants;
    const auto number = [](double value) STRATA_INLINE_CALL { return V(scalar_of<V>(value)); };
    const V one = number(constants::one);
    const V x = max(V(-one), min(one, unbounded));
    const V square = x * x;
    const auto sum = [&](const double(&c)[3]) STRATA_INLINE_CALL {
        return multiply_add(multiply_add(number(c[2]), square, number(c[1])), square, number(c[0]));
    };
    return {V(x * sum(constants::p)), sum(constants::q)};
}
/// tanh x with an error below 2e-4. It takes half the time of tanh.
template <class V>
STRATA_INLINE constexpr V approximate_tanh_of(const V& x) {
    const auto value = approximate_tanh_fraction(x);
    return approximate_quotient(value.numerator, value.denominator);
}

namespace vector_math {

/// tanh x: 6 ULP of a float (5 with fused multiply-adds), 3 of a double.
template <class V>
STRATA_INLINE V tanh(const V& x) {
    if constexpr (std::is_same_v<typename V::value_type, float>) {
        const auto value = tanh_fraction(x);
        return value.numerator / value.denominator;
    } else {
        // t / (t + 2) with t = e^(2 |x|) - 1, computed without cancellation near 0. The result is 1 from |x| = 20 on.
        const V positive = min(V(20), abs(x)), twice = positive + positive;
        // The reduction has one step: its error in e^(2 |x|) grows as |x|, and the slope of tanh falls faster.
        using log_of_two = natural_log_of_two<typename V::value_type>;
        const V n = nearest_multiple(twice, log_of_two::inverse);
        const V rest = detail::exponential_minus_one(multiply_add(n, V(-log_of_two::value), twice));
        const V power = power_of_two(n);
        const V t = rounded(multiply_add(power, rest, rounded(power - V(1))));
        return copy_sign(t / (t + V(2)), x);
    }
}

}  // namespace vector_math
}  // namespace strata::inline STRATA_ISA::kernels
