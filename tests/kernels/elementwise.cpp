// Activations on arrays of every size against formulas in long double.
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

/// The error bound of an activation in units of epsilon: `relative` to the value, and `absolute`, relative to |x|,
/// where a sum cancels (1 + erf(x) for large negative x).
struct error_bound {
    double relative = 8;
    double absolute = 0;
};

using real = long double;
real logistic(real x) { return 1 / (1 + std::exp(-x)); }

real truth(linear, real x) { return x; }
real truth(relu, real x) { return std::fmax(x, 0.0L); }
real truth(relu6, real x) { return std::fmin(std::fmax(x, 0.0L), 6.0L); }
template <double Slope>
real truth(leaky_relu<Slope>, real x) {
    return x > 0 ? x : static_cast<real>(Slope) * x;
}
real truth(elu, real x) { return x > 0 ? x : std::expm1(x); }
real truth(selu, real x) { return 1.0507009873554805L * (x > 0 ? x : 1.6732632423543772L * std::expm1(x)); }
real truth(gelu, real x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; }
real truth(gelu_tanh, real x) { return x * logistic(2 * 0.797884560802865355879892L * (x + 0.044715L * x * x * x)); }
real truth(sigmoid, real x) { return logistic(x); }
real truth(silu, real x) { return x * logistic(x); }
real truth(hard_sigmoid, real x) { return truth(relu6{}, x + 3) / 6; }
real truth(hard_silu, real x) { return x * truth(relu6{}, x + 3) / 6; }
real truth(strata::kernels::tanh, real x) { return std::tanh(x); }
real truth(softplus, real x) { return std::log1p(std::exp(x)); }
real truth(mish, real x) { return x * std::tanh(std::log1p(std::exp(x))); }
real truth(softsign, real x) { return x / (1 + std::fabs(x)); }
real truth(exponential, real x) { return std::exp(x); }

/// An activation as function pointers, so that the tests are compiled once for each T.
template <class T>
struct activation_of {
    void (*array)(std::size_t, const T*, T*);
    T (*scalar)(T);
    real (*truth)(real);
};
template <class Function, class T>
activation_of<T> activation() {
    return {.array = elementwise<Function, T>,
            .scalar = [](T x) { return Function::apply(x); },
            .truth = [](real x) { return truth(Function{}, x); }};
}

template <class T>
void compare(const activation_of<T>& f, std::size_t n, T low, T high, error_bound bound) {
    CAPTURE(n, lanes<T>, low, high);
    const guarded<T> x = numbers(static_cast<unsigned>(n)).array<T>(n, low, high);
    guarded<T> y(n), in_place(x);
    f.array(n, x.data(), y.data());
    f.array(n, in_place.data(), in_place.data());
    REQUIRE(y.is_intact());
    for (std::size_t i = 0; i < n; ++i) {
        const real at = static_cast<real>(x[i]), expected = f.truth(at);
        const real relative = static_cast<real>(bound.relative + loose_ulps),
                   absolute = static_cast<real>(bound.absolute);
        const real allowed = static_cast<real>(std::numeric_limits<T>::epsilon()) *
                                 (relative * std::fabs(expected) + absolute * std::fabs(at)) +
                             static_cast<real>(std::numeric_limits<T>::min());
        CAPTURE(i, x[i], y[i], static_cast<double>(expected), static_cast<double>(allowed));
        REQUIRE(std::fabs(static_cast<real>(y[i]) - expected) <= allowed);
        REQUIRE(is_same(in_place[i], y[i]));
    }
}

/// NaN stays NaN at every position of an array: in whole vectors, in the tail and in scalars.
template <class T>
void keeps_not_a_number(const activation_of<T>& f) {
    const T nan = strata::internal::not_a_number<T>;
    constexpr std::size_t n = sweep<T>;
    for (std::size_t at = 0; at < n; ++at) {
        guarded<T> x(n, T(0.5)), y(n);
        x[at] = nan;
        f.array(n, x.data(), y.data());
        for (std::size_t i = 0; i < n; ++i) REQUIRE(is_nan(y[i]) == (i == at));
    }
    REQUIRE(is_nan(f.scalar(nan)));
}

template <class T>
void check(const activation_of<T>& f, error_bound bound) {
    for (std::size_t n = 1; n <= sweep<T>; ++n) compare<T>(f, n, T(-4), T(4), bound);
    compare<T>(f, 1000, T(-30), T(30), bound);
    compare<T>(f, 1000, T(-0.01), T(0.01), bound);
    if constexpr (has_non_finite) keeps_not_a_number(f);
}

template <class Function>
void check(error_bound bound = {}) {
    check(activation<Function, float>(), bound);
    check(activation<Function, double>(), bound);
}

/// The limits of a function: f(-1e4) and f(1e4). An infinity equals only itself.
template <class T>
void limits(const activation_of<T>& f, T low, T high) {
    const auto is_equal = [](T y, T end) {
        return strata::internal::is_infinite(end)
                   ? std::bit_cast<typename float_format<T>::bits>(y) == strata::internal::number_bits<T>::infinity
                   : std::fabs(y - end) <=
                         static_cast<T>(loose_ulps) * std::numeric_limits<T>::epsilon() * std::fabs(end);
    };
    constexpr std::size_t n = lanes<T> + 1;
    guarded<T> x(n, T(-1e4)), y(n);
    f.array(n, x.data(), y.data());
    for (std::size_t i = 0; i < n; ++i) REQUIRE(is_equal(y[i], low));
    for (std::size_t i = 0; i < n; ++i) x[i] = T(1e4);
    f.array(n, x.data(), y.data());
    for (std::size_t i = 0; i < n; ++i) REQUIRE(is_equal(y[i], high));
}
template <class Function, class T>
void limits(T low, T high) {
    limits(activation<Function, T>(), low, high);
}

template <class T>
void all_limits() {
    const T infinity = strata::internal::infinity<T>, far = T(1e4);
    limits<relu, T>(0, far);
    limits<relu6, T>(0, 6);
    limits<elu, T>(-1, far);
    limits<gelu, T>(0, far);
    limits<gelu_tanh, T>(0, far);
    limits<sigmoid, T>(0, 1);
    limits<silu, T>(0, far);
    limits<hard_sigmoid, T>(0, 1);
    limits<hard_silu, T>(0, far);
    limits<strata::kernels::tanh, T>(-1, 1);
    limits<softplus, T>(0, far);
    limits<mish, T>(0, far);
    if constexpr (has_non_finite) limits<exponential, T>(0, infinity);
}

}  // namespace

TEST_CASE("piecewise linear activations equal their formulas") {
    check<linear>({.relative = 0});
    check<relu>({.relative = 0});
    check<relu6>({.relative = 0});
    check<leaky_relu<0.3>>({.relative = 2});
    check<hard_sigmoid>({.relative = 2, .absolute = 1});
    check<hard_silu>({.relative = 4, .absolute = 1});
    check<softsign>({.relative = 4});
}

TEST_CASE("activations with exponentials equal their formulas") {
    check<elu>();
    check<selu>();
    check<exponential>(
        {.relative = 40});  // |x| <= 30: the rounding of x itself is not counted, that of its reduction is
    check<sigmoid>();
    check<silu>();
    check<softplus>();
    check<strata::kernels::tanh>();
    check<mish>();
}

TEST_CASE("activations by erf and tanh equal their formulas") {
    check<gelu>();
    check<gelu_tanh>({.absolute = 4});
}

TEST_CASE("activations end where they should far from zero") {
    all_limits<float>();
    all_limits<double>();
}
