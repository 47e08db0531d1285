// logarithm: log x and log(1 + x) for vectors.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/kernels/math/exponential.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/float_bits.hpp>
#include <strata/kernels/simd/min_max.hpp>

namespace strata::inline STRATA_ISA::kernels {

namespace detail {

// Coefficients of two approximations: `near_one` around 1, `bounded` for 0 <= f <= 1.
// Float: log(1 + f) = f - f^2 / 2 + f^3 P(f) with P (near_one) fitted in [-0.25, 0.5]; log(1 + f) = f + f^2 Q(f) with Q
// (bounded) fitted in [0, 1].
// Double: log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + s^2 R(s^2))) with s = f / (2 + f); R is fitted for s^2 below 0.04
// (near_one) and 1/9 (bounded).
// Relative errors are below 2^-27 (float) and 2^-59 (double).
struct logarithm_rest {
    static constexpr float near_one[] = {0.333334506f, -0.250000983f, 0.199908227f, -0.166471273f,
                                         0.144786164f, -0.131634235f, 0.104666136f, -0.0450911596f};
    static constexpr float bounded[] = {-0.499999017f, 0.333299607f,   -0.249541253f, 0.196758956f,   -0.153054655f,
                                        0.106034406f,  -0.0569574237f, 0.0198503379f, -0.00324377581f};
    static constexpr double near_squares[] = {0.66666666666666596, 0.40000000000056346, 0.28571428555911083,
                                              0.22222224286893072, 0.18181666456447104, 0.15391092851728011,
                                              0.13173921495668497, 0.13840854418875043};
    static constexpr double bounded_squares[] = {
        0.66666666666666308, 0.40000000000157249, 0.285714285478533,   0.22222223969753049,  0.1818174392450313,
        0.15386559926573026, 0.13300973595810639, 0.12106085826945519, 0.083401046150617733, 0.17018567666381004};
};

/// log(1 + f) + exponent ln 2. The largest parts are added last.
template <class V>
STRATA_INLINE V logarithm(const V& f, const V& exponent) {
    using T = typename V::value_type;
    using constants = natural_log_of_two<T>;
    const V square = f * f, half = square * V(scalar_of<V>(0.5));
    V low;
    if constexpr (std::is_same_v<T, float>) {
        low = multiply_add(exponent, V(constants::low), f * square * polynomial(f, square, logarithm_rest::near_one));
    } else {
        const V s = f / (V(2) + f), z = s * s;
        const V rest = multiply_add(z, polynomial(z, z * z, logarithm_rest::near_squares), half);
        low = multiply_add(exponent, V(constants::low), s * rest);
    }
    return multiply_add(exponent, V(constants::high), rounded(f - rounded(half - low)));
}

}  // namespace detail

namespace vector_math {

/// y, which is log x, with the results for special x: -infinity at 0, NaN below 0, and x itself for infinity and NaN.
template <class V>
STRATA_INLINE V with_special_cases_of_log(const V& y, const V& x) {
    using T = typename V::value_type;
    constexpr T infinity = internal::infinity<T>, not_a_number = internal::not_a_number<T>;
    const V ended = select(x < V(infinity), y, x);  // infinity and NaN
    return select(x > V(0), ended, select(x == V(0), V(-infinity), V(not_a_number)));
}

/// log x: 1 ULP. -infinity at 0, NaN for negative x.
template <class V>
STRATA_INLINE V log(const V& x) {
    const auto parts = split(x);
    return with_special_cases_of_log(detail::logarithm(rounded(parts.mantissa - V(1)), parts.exponent), x);
}

/// log(1 + x) without cancellation near 0: 1 ULP.
template <class V>
STRATA_INLINE V log1p(const V& x) {
    const V sum = rounded(V(1) + x), added = rounded(sum - V(1));
    const V lost = rounded(V(1) - rounded(sum - added)) + rounded(x - added);  // the rounding error of 1 + x
    const auto parts = split(sum);
    // The correction is negligible for large x, where 2^-exponent would underflow.
    const V low = select(parts.exponent > V(100), V(0), lost * power_of_two(V(0) - parts.exponent));
    const V y = detail::logarithm(rounded(rounded(parts.mantissa - V(1)) + low), parts.exponent);
    return copy_sign(with_special_cases_of_log(y, sum), x);
}

/// log(1 + x) for 0 <= x <= 1: 3 ULP.
template <class V>
STRATA_INLINE V bounded_log1p(const V& x) {
    using T = typename V::value_type;
    const V square = x * x;
    if constexpr (std::is_same_v<T, float>) {
        return multiply_add(square, polynomial(x, square, detail::logarithm_rest::bounded), x);
    } else {
        const V half = square * V(0.5), s = x / (V(2) + x), z = s * s;
        return x - (half - s * multiply_add(z, polynomial(z, z * z, detail::logarithm_rest::bounded_squares), half));
    }
}

}  // namespace vector_math
}  // namespace strata::inline STRATA_ISA::kernels
