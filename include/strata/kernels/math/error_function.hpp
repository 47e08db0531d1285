// error_function: erf and the tail of the normal distribution for vectors.
#pragma once

#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/exponential.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/float_bits.hpp>
#include <strata/kernels/simd/min_max.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The tail of the standard normal distribution beyond `distance`: exponential is e^(-distance^2 / 2), probability that
/// of the tail.
template <class V>
struct normal_tail {
    V distance;
    V exponential;
    V probability;
};

namespace detail {

/// Coefficients. probability = exponential P(distance) / Q(distance), fitted up to `zero`, where exponential is 0. All
/// terms are positive, so that nothing cancels. erf(x) = x + x S(x^2) with S (below_one) for |x| <= 1. Approximation
/// errors are below 2^-27 (float) and 2^-59 (double).
template <class T>
struct normal_constants;
template <>
struct normal_constants<float> {
    static constexpr float p[] = {0.5f, 0.438291311f, 0.183232367f, 0.0406322666f, 0.00411616033f};
    static constexpr float q[] = {1.0f, 1.67446768f, 1.20249176f, 0.469463289f, 0.10185644f, 0.010317564f};
    static constexpr float below_one[] = {0.128379111f,   -0.37612626f,    0.112835854f,  -0.026853811f,
                                          0.00518832682f, -0.00080101873f, 7.85384109e-5f};
    static constexpr float zero = 14.5f;
};
template <>
struct normal_constants<double> {
    static constexpr double p[] = {0.5,
                                   0.82792588065955752,
                                   0.67961149269535903,
                                   0.35734731590560204,
                                   0.1320476161553297,
                                   0.035668359543423379,
                                   0.0071230208677533196,
                                   0.0010397407101142338,
                                   0.00010657556354349021,
                                   6.9761629882767454e-6,
                                   2.2418934794380801e-7};
    static constexpr double q[] = {1.0,
                                   2.4537363221219808,
                                   2.8170213130930448,
                                   2.001445804187505,
                                   0.98010672477559124,
                                   0.34832037547951555,
                                   0.091978589001253191,
                                   0.018120786901103816,
                                   0.0026237301098565556,
                                   0.00026770728031810402,
                                   1.7486647394878657e-5,
                                   5.6195935842690803e-7};
    static constexpr double below_one[] = {0.12837916709551257,    -0.37612638903183748,   0.11283791670954857,
                                           -0.026866170645072886,  0.0052239776247808237,  -0.00085483269787404005,
                                           0.00012055331036844704, -1.4925593505652089e-5, 1.6460972798053794e-6,
                                           -1.6350025027608741e-7, 1.4657878562007071e-8,  -1.1365661121153622e-9,
                                           5.9452537324060112e-11};
    static constexpr double zero = 39;
};

/// c - a^2 / 2 without rounding the square first. Without fused multiply-adds a is split: the square of its upper half
/// of digits is exact.
template <class V>
STRATA_INLINE V less_half_square(const V& c, const V& a) {
    const V minus_half = V(scalar_of<V>(-0.5));
    if constexpr (has_fused_multiply_add) return multiply_add(a * minus_half, a, c);
    constexpr auto digits = float_format<typename V::value_type>::mantissa / 2 + 1;
    const V top = from_bits<V>((to_bits(a) >> digits) << digits);
    return rounded(c + minus_half * top * top) + minus_half * rounded(a - top) * (a + top);
}

}  // namespace detail

namespace vector_math {

/// The tail of the normal distribution beyond |x|: 4 ULP, also where it is tiny.
template <class V>
STRATA_INLINE normal_tail<V> normal_beyond(const V& x) {
    using constants = detail::normal_constants<typename V::value_type>;
    using log_of_two = natural_log_of_two<typename V::value_type>;
    const V a = min(V(constants::zero), abs(x)), square = a * a;
    // r = -a^2 / 2 - n ln 2. The square is not rounded first: e^r would multiply that rounding error.
    const V n = nearest_multiple(square, scalar_of<V>(-0.5) * log_of_two::inverse);
    const V r = multiply_add(n, V(-log_of_two::low), detail::less_half_square(n * V(-log_of_two::high), a));
    const V exponential = scale_down(detail::exponential_minus_one(r), n);
    return {a, exponential, exponential * polynomial(a, square, constants::p) / polynomial(a, square, constants::q)};
}

/// erf x, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: 2.5 ULP.
template <class V>
STRATA_INLINE V erf(const V& x) {
    using constants = detail::normal_constants<typename V::value_type>;
    const V square = x * x;
    const V probability = vector_math::normal_beyond(x * V(scalar_of<V>(1.4142135623730950488))).probability;
    return select(abs(x) < V(1), multiply_add(x, polynomial(square, square * square, constants::below_one), x),
                  copy_sign(V(1) - (probability + probability), x));
}

}  // namespace vector_math
}  // namespace strata::inline STRATA_ISA::kernels
