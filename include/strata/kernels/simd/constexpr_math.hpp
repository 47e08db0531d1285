// constexpr_math: elementary functions of double for constant evaluation, which std:: does not have before C++26.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>

/// Series and exact range reductions, without tables or fitted coefficients. Largest errors against long double
/// (tests/kernels/math.cpp): exp, expm1, log, log1p 2 ULP, erf 6 ULP, tanh 4 ULP, sqrt 1 ULP. Infinities, NaN, overflow
/// and subnormal results are handled. These functions are slow; at run time scalars call std::.
namespace strata::inline STRATA_ISA::kernels {

/// x as a rounded value: -fassociative-math may not merge it with the operation that uses it. Needed where one
/// operation recovers the rounding error of another, or where another order would overflow.
template <std::floating_point T>
STRATA_INLINE constexpr T rounded(T x) {
    if (!std::is_constant_evaluated()) STRATA_KEEP_ROUNDING(x);
    return x;
}

/// ln 2 = high + low. The product of high and an exponent is exact.
template <class T>
struct natural_log_of_two;
template <>
struct natural_log_of_two<float> {
    static constexpr float high = 0x1.62e4p-1f, low = 0x1.7f7d1cp-20f, value = 0x1.62e43p-1f;
    static constexpr float inverse = 0x1.715476p0f;
};
template <>
struct natural_log_of_two<double> {
    static constexpr double high = 0x1.62e42feep-1, low = 0x1.a39ef35793c76p-33, value = 0x1.62e42fefa39efp-1;
    static constexpr double inverse = 0x1.71547652b82fep0;
};

namespace constexpr_math {

inline constexpr double infinity = internal::infinity<double>;
inline constexpr double not_a_number = internal::not_a_number<double>;

constexpr bool is_nan(const double& x) { return internal::is_nan(x); }
constexpr bool is_infinite(const double& x) { return internal::is_infinite(x); }
/// Clears the sign bit, also of -0 and NaN.
constexpr double abs(double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & ~(std::uint64_t{1} << 63));
}

}  // namespace constexpr_math

namespace detail {

using log_of_two = natural_log_of_two<double>;
inline constexpr double largest_exponent =
    0x1.62e42fefa39efp9;  // the last x where e^x is finite: constants may not overflow

/// 2^exponent for -1022 <= exponent <= 1023.
constexpr double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// x 2^exponent for |exponent| <= 2000. No intermediate value overflows unless the result does; the result is rounded
/// at most once.
constexpr double scaled(double x, int exponent) {
    if (exponent > 1023) return rounded(x * power_of_two(1023)) * power_of_two(exponent - 1023);
    if (exponent < -1022) return rounded(x * power_of_two(exponent + 200)) * power_of_two(-200);
    return x * power_of_two(exponent);
}

constexpr int nearest_integer(double x) { return static_cast<int>(x < 0 ? x - 0.5 : x + 0.5); }

/// x - exponent ln 2 as the sum of two doubles.
struct reduced {
    int exponent;
    double high;
    double low;
};
constexpr reduced reduce(double x) {
    const int exponent = nearest_integer(x * log_of_two::inverse);
    const double difference = rounded(x - exponent * log_of_two::high);
    const double correction = exponent * log_of_two::low;
    const double high = rounded(difference - correction);
    return {exponent, high, rounded(difference - high) - correction};
}

/// e^r - 1 - r for |r| <= 0.35 by its Taylor series. Term 17 is below 2^-70 r.
constexpr double exp_rest(double r) {
    double sum = 0;
    for (int n = 17; n >= 3; --n) sum = (1 + sum) * r / n;
    return 0.5 * r * r * (1 + sum);
}

}  // namespace detail

namespace constexpr_math {

constexpr double exp(double x) {
    if (is_nan(x)) return x;
    if (x > detail::largest_exponent) return infinity;
    if (x < -746) return 0;
    const detail::reduced r = detail::reduce(x);
    return detail::scaled(1 + (r.high + (detail::exp_rest(r.high) + r.low * (1 + r.high))), r.exponent);
}

/// e^x - 1 without cancellation near 0.
constexpr double expm1(double x) {
    if (is_nan(x) || x == 0) return x;
    if (x > detail::largest_exponent) return infinity;
    if (x < -38) return -1;
    const detail::reduced r = detail::reduce(x);
    const double rest = detail::exp_rest(r.high) + r.low * (1 + r.high);
    if (r.exponent == 0) return r.high + rest;
    if (r.exponent > 60) return detail::scaled(1 + (r.high + rest), r.exponent);
    const double power = detail::power_of_two(r.exponent);
    return rounded(rounded(power - 1) + power * r.high) + power * rest;
}

/// log x. -infinity at 0, NaN for negative x.
constexpr double log(double x) {
    if (is_nan(x) || x < 0) return not_a_number;
    if (x == 0) return -infinity;
    if (is_infinite(x)) return x;
    int exponent = 0;
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponent = -54;
    }
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    exponent += static_cast<int>(bits >> 52) - 1023;
    double m = std::bit_cast<double>((bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1023} << 52));
    if (m > 1.4142135623730951) {
        m *= 0.5;
        ++exponent;
    }
    // log(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R = 2 s^2/3 + 2 s^4/5 + ...; s^2 < 0.0295
    const double f = rounded(m - 1);
    const double s = f / (2 + f);
    const double square = s * s;
    double sum = 0;
    for (int n = 25; n >= 3; n -= 2) sum = square * (2.0 / n + sum);
    const double half = 0.5 * f * f;
    const double low = rounded(half - rounded(s * (half + sum) + exponent * detail::log_of_two::low));
    return exponent * detail::log_of_two::high - rounded(low - f);
}

/// log(1 + x) without cancellation near 0.
constexpr double log1p(double x) {
    if (is_nan(x) || (is_infinite(x) && x > 0) || x == 0) return x;
    if (x <= -1) return x == -1 ? -infinity : not_a_number;
    if (abs(x) < 0x1p-53) return x;
    const double u = rounded(1 + x);
    const double lost = u > 2 ? 1 - rounded(u - x) : x - rounded(u - 1);  // the rounding error of 1 + x
    if (x > -0.25 && x < 0.4) {
        const double s = x / (2 + x);
        const double square = s * s;
        double sum = 0;
        for (int n = 25; n >= 3; n -= 2) sum = square * (2.0 / n + sum);
        const double half = 0.5 * x * x;
        return x - (half - s * (half + sum));
    }
    return log(u) + lost / u;
}

constexpr double sqrt(double x) {
    if (is_nan(x) || x < 0) return not_a_number;
    if (x == 0 || is_infinite(x)) return x;
    if (x < 0x1p-1000) return sqrt(x * 0x1p100) * 0x1p-50;
    double root = std::bit_cast<double>((std::bit_cast<std::uint64_t>(x) >> 1) + (std::uint64_t{1023} << 51));
    for (int step = 0; step < 5; ++step) root = 0.5 * (root + x / root);
    return root;
}

constexpr double tanh(double x) {
    if (is_nan(x) || x == 0) return x;
    const double positive = abs(x);
    const double t = expm1(positive < 0.55 ? -2 * positive : 2 * positive);
    const double y = positive > 22 ? 1 : positive < 0.55 ? -t / (t + 2) : 1 - 2 / (t + 2);
    return x < 0 ? -y : y;
}

constexpr double sigmoid(double x) { return is_nan(x) ? x : 1 / (1 + exp(-x)); }

/// log(1 + e^x).
constexpr double softplus(double x) { return is_nan(x) ? x : (x > 0 ? x : 0) + log1p(exp(-abs(x))); }

constexpr double erf(double x) {
    constexpr double two_over_root_pi = 1.1283791670955126;
    if (is_nan(x) || x == 0) return x;
    const double positive = abs(x);
    const double square = positive * positive;
    double y = 1;
    if (positive < 1e-8) {
        return x * two_over_root_pi;
    } else if (positive < 1.25) {
        // 2/sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): positive terms only, added from the smallest
        double sum = 1;
        for (int n = 30; n >= 1; --n) sum = 1 + sum * (2 * square / (2 * n + 1));
        // The exponential would multiply the rounding error of the square. So x is split and the square computed
        // exactly.
        const double top = std::bit_cast<double>(std::bit_cast<std::uint64_t>(positive) & (~std::uint64_t{0} << 27));
        y = two_over_root_pi * positive * sum * exp(-top * top) * exp(-(positive - top) * (positive + top));
    } else if (positive < 6) {
        // erfc by its continued fraction x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))
        double tail = positive;
        for (int n = 160; n >= 1; --n) tail = positive + 0.5 * n / tail;
        y = 1 - exp(-square) * 0.5641895835477563 / tail;
    }
    return x < 0 ? -y : y;
}

}  // namespace constexpr_math
}  // namespace strata::inline STRATA_ISA::kernels
