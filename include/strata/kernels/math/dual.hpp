// dual: dual numbers, which carry a derivative along, and functions that take them as they take scalars and vectors.
#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::math {

/// A value and its derivative by one variable, of scalars or vectors V. Numbers convert to constants. Comparisons look
/// at values alone.
template <class V>
struct dual {
    V value{};
    V slope{};

    constexpr dual() = default;
    constexpr dual(const V& v, const V& s) : value(v), slope(s) {}
    template <class Number>
        requires std::is_arithmetic_v<Number>
    constexpr dual(Number constant)
        : value(kernels::scalar_of<V>(static_cast<double>(constant))), slope(kernels::scalar_of<V>(0.0)) {}

    friend constexpr dual operator+(const dual& a, const dual& b) { return {a.value + b.value, a.slope + b.slope}; }
    friend constexpr dual operator-(const dual& a, const dual& b) { return {a.value - b.value, a.slope - b.slope}; }
    friend constexpr dual operator-(const dual& a) { return {-a.value, -a.slope}; }
    friend constexpr dual operator*(const dual& a, const dual& b) {
        return {a.value * b.value, a.slope * b.value + a.value * b.slope};
    }
    friend constexpr dual operator/(const dual& a, const dual& b) {
        const V quotient = a.value / b.value;
        return {quotient, (a.slope - quotient * b.slope) / b.value};
    }
    friend constexpr auto operator<(const dual& a, const dual& b) { return a.value < b.value; }
    friend constexpr auto operator>(const dual& a, const dual& b) { return a.value > b.value; }
    friend constexpr auto operator<=(const dual& a, const dual& b) { return a.value <= b.value; }
    friend constexpr auto operator>=(const dual& a, const dual& b) { return a.value >= b.value; }
};

// Functions of scalars, vectors and dual numbers. What they do not have is made of them.

namespace detail {

/// f(x) with f(value) and f'(value).
template <class V>
constexpr dual<V> chain(const dual<V>& x, const V& value, const V& derivative) {
    return {value, derivative * x.slope};
}
template <class V>
constexpr V constant(double value) {
    return V(kernels::scalar_of<V>(value));
}

template <class X>
concept is_dual = requires(const X& x) { x.slope; };

template <class V>
V sin(const V& x) {
    if constexpr (std::is_floating_point_v<V>) return std::sin(x);
    else if constexpr (V::size == 1) return std::sin(x.value);
#if !defined(STRATA_SCALAR)
    else return xsimd::sin(x);
#endif
}
template <class V>
V cos(const V& x) {
    if constexpr (std::is_floating_point_v<V>) return std::cos(x);
    else if constexpr (V::size == 1) return std::cos(x.value);
#if !defined(STRATA_SCALAR)
    else return xsimd::cos(x);
#endif
}

}  // namespace detail

/// A number as the type X of a function's argument.
template <class X>
constexpr X constant(double number) {
    if constexpr (detail::is_dual<X>) return X(number);
    else return detail::constant<X>(number);
}

template <class V>
constexpr V exp(const V& x) {
    return kernels::exp(x);
}
template <class V>
constexpr dual<V> exp(const dual<V>& x) {
    const V y = kernels::exp(x.value);
    return detail::chain(x, y, y);
}

template <class V>
constexpr V log(const V& x) {
    return kernels::log(x);
}
template <class V>
constexpr dual<V> log(const dual<V>& x) {
    return detail::chain(x, V(kernels::log(x.value)), V(detail::constant<V>(1.0) / x.value));
}

template <class V>
constexpr V sqrt(const V& x) {
    return kernels::square_root(x);
}
template <class V>
constexpr dual<V> sqrt(const dual<V>& x) {
    const V y = kernels::square_root(x.value);
    return detail::chain(x, y, V(detail::constant<V>(0.5) / y));
}

template <class V>
constexpr V tanh(const V& x) {
    return kernels::tanh_of(x);
}
template <class V>
constexpr dual<V> tanh(const dual<V>& x) {
    const V y = kernels::tanh_of(x.value);
    return detail::chain(x, y, V(detail::constant<V>(1.0) - y * y));
}

/// Not in constant expressions.
template <class V>
V sin(const V& x) {
    return detail::sin(x);
}
template <class V>
dual<V> sin(const dual<V>& x) {
    return detail::chain(x, detail::sin(x.value), detail::cos(x.value));
}
template <class V>
V cos(const V& x) {
    return detail::cos(x);
}
template <class V>
dual<V> cos(const dual<V>& x) {
    return detail::chain(x, detail::cos(x.value), V(-detail::sin(x.value)));
}

/// mask ? a : b, for each lane.
template <class Mask, class V>
constexpr V select(const Mask& mask, const V& a, const V& b) {
    return kernels::select(mask, a, b);
}
template <class Mask, class V>
constexpr dual<V> select(const Mask& mask, const dual<V>& a, const dual<V>& b) {
    return {kernels::select(mask, a.value, b.value), kernels::select(mask, a.slope, b.slope)};
}

/// The larger value; b where they are equal or one is NaN.
template <class V>
constexpr V max(const V& a, const V& b) {
    return select(a > b, a, b);
}
/// The smaller value; b where they are equal or one is NaN.
template <class V>
constexpr V min(const V& a, const V& b) {
    return select(a < b, a, b);
}
/// |x|; its derivative at 0 is 0.
template <class V>
constexpr V abs(const V& x) {
    return kernels::abs(x);
}
template <class V>
constexpr dual<V> abs(const dual<V>& x) {
    const V zero = detail::constant<V>(0.0), one = detail::constant<V>(1.0);
    const V sign = kernels::select(x.value > zero, one, kernels::select(x.value < zero, V(-one), zero));
    return detail::chain(x, V(kernels::abs(x.value)), sign);
}

}  // namespace strata::inline STRATA_ISA::math
