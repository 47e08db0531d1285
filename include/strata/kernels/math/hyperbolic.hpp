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

/// tanh x of float vectors as x p(x^2) / q(x^2). Its chain of dependent operations is half as long as with an
/// exponential. The minimax fraction has an error of 0.5 ULP, its evaluation up to 5.5. x is clamped where the result
/// has become 1, with and without fused multiply-adds; it is never larger. NaN stays NaN.
template <class V>
STRATA_INLINE fraction<V> tanh_fraction(const V& unbounded) {
    constexpr float one = 8.05593967f;
    constexpr float p[] = {1.0f, 0.133797228f, 0.00349403475f, 2.05835076e-5f, 1.33192239e-8f};
    constexpr float q[] = {1.0f, 0.467130423f, 0.0258710794f, 3.28309397e-4f, 7.76204786e-7f};
    const V x = max(V(-one), min(V(one), unbounded));
    const V square = square_of_normal(x), fourth = square * square;
    return {x * polynomial(square, fourth, p), polynomial(square, fourth, q)};
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
