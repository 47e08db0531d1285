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

/// The terms of tanh x of float vectors, which is x p(x^2) / q(x^2). x is clamped where the result has become 1, with
/// and without fused multiply-adds. NaN stays NaN.
template <class V>
STRATA_INLINE tanh_terms_of<V> tanh_terms(const V& unbounded) {
    constexpr float one = 8.05593967f;
    constexpr float p[] = {1.0f, 0.133797228f, 0.00349403475f, 2.05835076e-5f, 1.33192239e-8f};
    constexpr float q[] = {1.0f, 0.467130423f, 0.0258710794f, 3.28309397e-4f, 7.76204786e-7f};
    // The square is clamped by itself, so that it does not wait for x.
    const V x = max(V(-one), min(V(one), unbounded));
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
