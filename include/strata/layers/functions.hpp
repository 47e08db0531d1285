// functions: function objects for Elementwise, such as Elementwise<functions::square_root>.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/math/dual.hpp>

namespace strata::inline STRATA_ISA::functions {

namespace detail {

/// A constant as a scalar, a vector or a dual number.
template <class N>
constexpr N constant(double value) {
    if constexpr (requires { N::slope; }) return N(value);
    else return N(kernels::scalar_of<N>(value));
}

/// x^Count by multiplications.
template <std::size_t Count, class V>
constexpr V repeated_product(V x) {
    if constexpr (Count == 0) return constant<V>(1.0);
    else if constexpr (Count == 1) return x;
    else if constexpr (Count % 2 == 0) return repeated_product<Count / 2>(V(x * x));
    else return V(repeated_product<Count / 2>(V(x * x)) * x);
}

/// An exponent, split into halves that multiplications and roots compute; or not, where it has no such halves.
struct exponent_parts {
    std::size_t halves = 0;
    bool is_exact = false;
};
constexpr exponent_parts parts_of(double exponent) {
    const double halves = 2.0 * (exponent < 0.0 ? -exponent : exponent);
    for (std::size_t n = 0; n <= 32; ++n)
        if (halves == static_cast<double>(n)) return {.halves = n, .is_exact = true};
    return {};
}

}  // namespace detail

/// The root of x; NaN for x < 0.
struct square_root {
    constexpr auto operator()(auto x) const { return math::sqrt(x); }
};
/// The natural logarithm.
struct logarithm {
    constexpr auto operator()(auto x) const { return math::log(x); }
};
struct absolute {
    constexpr auto operator()(auto x) const { return math::abs(x); }
};
struct square {
    constexpr auto operator()(auto x) const { return decltype(x)(x * x); }
};
/// 1 / x.
struct reciprocal {
    constexpr auto operator()(auto x) const { return decltype(x)(detail::constant<decltype(x)>(1.0) / x); }
};
/// x^Exponent. Multiples of 1/2 up to 16 are products and a root, with a quotient where they are negative; others are
/// exp(Exponent log(x)), NaN for x < 0, whose relative error grows with |Exponent log(x)|.
template <double Exponent>
struct power {
    constexpr auto operator()(auto x) const {
        using number = decltype(x);
        constexpr auto parts = detail::parts_of(Exponent);
        if constexpr (!parts.is_exact) {
            return number(math::exp(number(math::log(x) * detail::constant<number>(Exponent))));
        } else {
            number y = detail::repeated_product<parts.halves / 2>(x);
            if constexpr (parts.halves % 2 == 1) y = number(y * math::sqrt(x));
            if constexpr (Exponent < 0.0) y = number(detail::constant<number>(1.0) / y);
            return y;
        }
    }
};
/// Low where x is less, High where it is more; NaN stays NaN.
template <double Low, double High>
struct clip {
    static constexpr bool is_monotone = true;
    constexpr auto operator()(auto x) const {
        using number = decltype(x);
        return math::min(detail::constant<number>(High), math::max(detail::constant<number>(Low), x));
    }
};

}  // namespace strata::inline STRATA_ISA::functions
