// Elementary functions against a wider type: the errors that the comments of constexpr_math and vector_math claim, in
// constant evaluation, at run time and in vectors of every width, and what they give at their ends.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <strata/kernels/activation.hpp>
#include <strata/kernels/constexpr_math.hpp>
#include <strata/kernels/math.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

/// The error of y in units of the last place that a double at the true value has. NaN where y is no number.
double ulps(double y, long double truth) {
    const int exponent = std::max(std::ilogb(truth), std::numeric_limits<double>::min_exponent - 1);
    const long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<double>::digits + 1);
    return static_cast<double>(std::fabs(static_cast<long double>(y) - truth) / unit);
}

/// An error that no bound allows; infinity is no value in every build.
constexpr double everything_wrong = 1e300;

struct range {
    double low;
    double high;
};

/// The largest error over points that lie evenly in each range; NaN counts as infinite.
template <class Function, class Truth, std::size_t Count>
double worst(Function function, Truth truth, const std::array<range, Count>& ranges) {
    double result = 0;
    numbers source(5);
    for (const range& r : ranges)
        for (int i = 0; i < 20000; ++i) {
            const double x = rounded(source.next(r.low, r.high));  // the same for both
            const double error = ulps(function(x), truth(static_cast<long double>(x)));
            result = is_nan(error) ? everything_wrong : std::max(result, error);
        }
    return result;
}

/// Values that the compiler computed, beside their arguments.
template <std::size_t Count>
struct table {
    std::array<double, Count> x{};
    std::array<double, Count> y{};
};
template <class Function>
constexpr auto tabulate(double low, double high, Function function) {
    constexpr std::size_t count = 64;
    table<count> result;
    for (std::size_t i = 0; i < count; ++i) {
        result.x[i] = low + (high - low) * (static_cast<double>(i) + 0.37) / static_cast<double>(count);
        result.y[i] = function(result.x[i]);
    }
    return result;
}
template <std::size_t Count, class Truth>
double worst_of(const table<Count>& values, Truth truth) {
    double result = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        const double error = ulps(values.y[i], truth(static_cast<long double>(values.x[i])));
        result = is_nan(error) ? everything_wrong : std::max(result, error);
    }
    return result;
}

constexpr double infinity = constexpr_math::infinity;
constexpr double not_a_number = constexpr_math::not_a_number;
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

constexpr auto truth_exp = [](long double x) { return std::exp(x); };
constexpr auto truth_expm1 = [](long double x) { return std::expm1(x); };
constexpr auto truth_log = [](long double x) { return std::log(x); };
constexpr auto truth_log1p = [](long double x) { return std::log1p(x); };
constexpr auto truth_erf = [](long double x) { return std::erf(x); };
constexpr auto truth_tanh = [](long double x) { return std::tanh(x); };
constexpr auto truth_sqrt = [](long double x) { return std::sqrt(x); };
constexpr auto truth_sigmoid = [](long double x) { return 1 / (1 + std::exp(-x)); };
constexpr auto truth_softplus = [](long double x) { return std::fmax(x, 0.0L) + std::log1p(std::exp(-std::fabs(x))); };

}  // namespace

TEST_CASE("constexpr_math is as exact as its comment says at run time") {
    using std::array;
    REQUIRE(worst(constexpr_math::exp, truth_exp, array{range{-745, 709}, range{-1, 1}, range{-745, -700}}) <=
            2 + loose_ulps);
    REQUIRE(worst(constexpr_math::expm1, truth_expm1, array{range{-40, 709}, range{-1, 1}, range{-1e-5, 1e-5}}) <=
            2 + loose_ulps);
    REQUIRE(worst(constexpr_math::log, truth_log,
                  array{range{0.5, 2}, range{0, 1}, range{1, 1e300}, range{0, 1e-307}}) <= 2 + loose_ulps);
    REQUIRE(worst(constexpr_math::log1p, truth_log1p, array{range{-0.999, 3}, range{-1e-5, 1e-5}, range{0, 1e30}}) <=
            2 + loose_ulps);
    REQUIRE(worst(constexpr_math::erf, truth_erf, array{range{-6.5, 6.5}, range{-1.3, 1.3}, range{-1e-5, 1e-5}}) <=
            6 + loose_ulps);
    REQUIRE(worst(constexpr_math::tanh, truth_tanh, array{range{-25, 25}, range{-1, 1}, range{-1e-5, 1e-5}}) <=
            4 + loose_ulps);
    REQUIRE(worst(constexpr_math::sqrt, truth_sqrt, array{range{0, 4}, range{0, 1e308}, range{0, 1e-307}}) <=
            1 + loose_ulps);
    REQUIRE(worst(constexpr_math::sigmoid, truth_sigmoid, array{range{-700, 40}, range{-2, 2}}) <= 4 + loose_ulps);
    REQUIRE(worst(constexpr_math::softplus, truth_softplus, array{range{-700, 40}, range{-2, 2}}) <= 4 + loose_ulps);
}

TEST_CASE("constexpr_math is as exact in constant evaluation") {
    constexpr auto exp = tabulate(-700, 700, constexpr_math::exp);
    constexpr auto expm1 = tabulate(-2, 2, constexpr_math::expm1);
    constexpr auto log = tabulate(0, 10, constexpr_math::log);
    constexpr auto log1p = tabulate(-0.9, 3, constexpr_math::log1p);
    constexpr auto erf = tabulate(-4, 4, constexpr_math::erf);
    constexpr auto tanh = tabulate(-3, 3, constexpr_math::tanh);
    constexpr auto sqrt = tabulate(0, 100, constexpr_math::sqrt);
    REQUIRE(worst_of(exp, truth_exp) <= 2);
    REQUIRE(worst_of(expm1, truth_expm1) <= 2);
    REQUIRE(worst_of(log, truth_log) <= 2);
    REQUIRE(worst_of(log1p, truth_log1p) <= 2);
    REQUIRE(worst_of(erf, truth_erf) <= 6);
    REQUIRE(worst_of(tanh, truth_tanh) <= 4);
    REQUIRE(worst_of(sqrt, truth_sqrt) <= 1);
}

// Infinities, NaN, signed zeros, overflow and subnormal numbers; all of it in constant evaluation.
static_assert(constexpr_math::exp(-infinity) == 0 && constexpr_math::exp(infinity) == infinity);
static_assert(constexpr_math::exp(709.79) == infinity && constexpr_math::exp(709.78) < infinity &&
              constexpr_math::exp(-745) == smallest && constexpr_math::exp(0) == 1);
static_assert(constexpr_math::expm1(-infinity) == -1 && constexpr_math::expm1(infinity) == infinity);
static_assert(constexpr_math::expm1(smallest) == smallest);
static_assert(constexpr_math::log(0) == -infinity && constexpr_math::log(infinity) == infinity &&
              constexpr_math::log(1) == 0);
static_assert(constexpr_math::is_nan(constexpr_math::log(-1)) && constexpr_math::is_nan(constexpr_math::log1p(-2)));
static_assert(constexpr_math::log1p(-1) == -infinity && constexpr_math::log1p(infinity) == infinity);
static_assert(constexpr_math::log1p(smallest) == smallest);
static_assert(constexpr_math::sqrt(0) == 0 && constexpr_math::sqrt(infinity) == infinity &&
              constexpr_math::sqrt(4) == 2);
static_assert(constexpr_math::is_nan(constexpr_math::sqrt(-1)) && constexpr_math::sqrt(largest) < infinity);
static_assert(constexpr_math::tanh(354.95) == 1);
static_assert(constexpr_math::tanh(infinity) == 1 && constexpr_math::tanh(-infinity) == -1);
static_assert(constexpr_math::erf(infinity) == 1 && constexpr_math::erf(-infinity) == -1);
static_assert(constexpr_math::sigmoid(-infinity) == 0 && constexpr_math::sigmoid(infinity) == 1);
static_assert(constexpr_math::softplus(-infinity) == 0 && constexpr_math::softplus(infinity) == infinity);
static_assert(constexpr_math::is_nan(constexpr_math::exp(not_a_number)) &&
              constexpr_math::is_nan(constexpr_math::expm1(not_a_number)));
static_assert(constexpr_math::is_nan(constexpr_math::log(not_a_number)) &&
              constexpr_math::is_nan(constexpr_math::log1p(not_a_number)));
static_assert(constexpr_math::is_nan(constexpr_math::sqrt(not_a_number)) &&
              constexpr_math::is_nan(constexpr_math::tanh(not_a_number)));
static_assert(constexpr_math::is_nan(constexpr_math::erf(not_a_number)) &&
              constexpr_math::is_nan(constexpr_math::sigmoid(not_a_number)));
static_assert(constexpr_math::is_nan(constexpr_math::softplus(not_a_number)));

namespace {

template <class T>
using wider = std::conditional_t<sizeof(T) == 4, double, long double>;

/// As `ulps`, of T; a value that is infinite where it should be, and only there, has no error.
template <class T>
double ulps_of(T y, wider<T> truth) {
    const T nearest = static_cast<T>(truth);
    if (strata::internal::is_infinite(nearest) || strata::internal::is_infinite(y))
        return std::bit_cast<typename float_format<T>::bits>(nearest) ==
                       std::bit_cast<typename float_format<T>::bits>(y)
                   ? 0
                   : everything_wrong;
    const int smallest = std::numeric_limits<T>::min_exponent - 1;
    const int exponent = truth == 0 ? smallest : std::max(std::ilogb(truth), smallest);
    const wider<T> unit = std::ldexp(wider<T>(1), exponent - std::numeric_limits<T>::digits + 1);
    return static_cast<double>(std::fabs(static_cast<wider<T>>(y) - truth) / unit);
}

/// f of a vector, value by value.
template <class V, class Function>
auto in_vectors(Function f) {
    return [f](const auto& x) {
        using T = typename V::value_type;
        std::array<T, V::size> y;
        store_exactly<V::size>(y.data(), f(load_exactly<V, V::size>(x.data())));
        return y;
    };
}

/// The largest error of f in vectors V over [low, high]: bit patterns at even distances, so that every exponent counts
/// alike, and for double numbers at even distances as well; NaN is infinitely wrong.
template <class V, class Function, class Truth>
double worst_in_vectors(Function f, Truth truth, double low, double high) {
    using T = typename V::value_type;
    using bits = typename float_format<T>::bits;
    const auto apply = in_vectors<V>(f);
    std::array<T, V::size> x;
    std::size_t count = 0;
    double worst = 0;
    const auto add = [&](T value) {
        if (is_nan(value) || value < static_cast<T>(low) || value > static_cast<T>(high)) return;
        x[count++] = value;
        if (count < V::size) return;
        count = 0;
        const auto y = apply(x);
        for (std::size_t i = 0; i < V::size; ++i) {
            const double error = ulps_of<T>(y[i], truth(static_cast<wider<T>>(x[i])));
            worst = is_nan(error) ? everything_wrong : std::max(worst, error);
        }
    };
    constexpr bits patterns = 40009, step = ~bits{0} / patterns;
    for (bits i = 0; i < patterns; ++i) add(std::bit_cast<T>(static_cast<bits>(i * step)));
    numbers source(11);
    const T first = static_cast<T>(std::max(low, -800.0)), last = static_cast<T>(std::min(high, 800.0));
    for (int i = 0; i < 20000; ++i) add(source.next(first, last));
    for (int i = 0; i < 20000; ++i) add(source.next(std::max(first, T(-4)), std::min(last, T(4))));
    for (std::size_t i = 0; i < V::size; ++i) add(static_cast<T>(high));
    return worst;
}

constexpr double everything = std::numeric_limits<double>::max();

template <class R>
R truth_logistic(R x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

template <class V>
void vectors_are_exact() {
    using T = typename V::value_type;
    constexpr bool is_float = std::is_same_v<T, float>;
    constexpr double all = is_float ? static_cast<double>(std::numeric_limits<T>::max()) : everything;
    // Where e^x has all its digits: below, an error of a unit of the smallest number is multiplied by x.
    constexpr double normal = is_float ? -87 : -708;
    // Up to the largest finite result, and from the smallest argument with one, where infinities are no values.
    constexpr double finite = has_non_finite ? all : is_float ? 88.7 : 709.7;
    constexpr double least = has_non_finite ? 0 : static_cast<double>(std::numeric_limits<T>::denorm_min());
    constexpr double above = has_non_finite ? -1 : -0.9999;
    CAPTURE(V::size, sizeof(T));
    const auto worst_of_all = [](auto f, auto truth) { return worst_in_vectors<V>(f, truth, -all, all); };

    CHECK(worst_in_vectors<V>([](V x) { return exp(x); }, [](auto x) { return std::exp(x); }, -all, finite) <=
          1.1 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return bounded_exp(x); }, [](auto x) { return std::exp(x); }, -all, 40) <=
          1.1 + loose_ulps);
    CHECK(worst_of_all([](V x) { return decay(x); }, [](auto x) { return std::exp(-std::fabs(x)); }) <=
          1.1 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return expm1(x); }, [](auto x) { return std::expm1(x); }, -all, finite) <=
          2.5 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return bounded_expm1(x); }, [](auto x) { return std::expm1(x); }, -all, 40) <=
          2.5 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return log(x); }, [](auto x) { return std::log(x); }, least, all) <=
          1 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return log1p(x); }, [](auto x) { return std::log1p(x); }, above, all) <=
          1 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return log1p_of_share(x); }, [](auto x) { return std::log1p(x); }, 0, 1) <=
          3 + loose_ulps);
    constexpr double tanh_bound = !is_float ? 3 : has_fused_multiply_add ? 5 : 6;
    CHECK(worst_of_all([](V x) { return tanh_of(x); }, [](auto x) { return std::tanh(x); }) <= tanh_bound + loose_ulps);
    CHECK(worst_of_all([](V x) { return erf(x); }, [](auto x) { return std::erf(x); }) <= 2.5 + loose_ulps);

    const auto logistic = [](auto x) { return truth_logistic(x); };
    CHECK(worst_of_all([](V x) { return sigmoid::apply(x); }, logistic) <= 2.5 + loose_ulps);
    CHECK(worst_in_vectors<V>([](V x) { return silu::apply(x); }, [](auto x) { return x * truth_logistic(x); }, normal,
                              all) <= 4 + loose_ulps);
    CHECK(worst_of_all([](V x) { return softplus::apply(x); },
                       [](auto x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x))); }) <= 4 + loose_ulps);
    const auto truth_mish = [](auto x) {
        const auto e = std::exp(std::min(x, decltype(x)(100))), n = e * (e + 2);
        return x * n / (n + 2);
    };
    CHECK(worst_in_vectors<V>([](V x) { return mish::apply(x); }, truth_mish, normal, all / 4) <= 4.5 + loose_ulps);
    const auto truth_gelu = [](auto x) { return x * std::erfc(-x / std::sqrt(decltype(x)(2))) / 2; };
    CHECK(worst_in_vectors<V>([](V x) { return gelu::apply(x); }, truth_gelu, is_float ? -13 : -37, all) <=
          6.5 + loose_ulps);
    CHECK(worst_of_all([](V x) { return elu::apply(x); }, [](auto x) { return x > 0 ? x : std::expm1(x); }) <=
          2.5 + loose_ulps);
}

/// f in vectors at one value, which all lanes give.
template <class V, class Function>
typename V::value_type at(Function f, typename V::value_type x) {
    std::array<typename V::value_type, V::size> all;
    all.fill(x);
    const auto y = in_vectors<V>(f)(all);
    using bits = typename float_format<typename V::value_type>::bits;
    for (const auto value : y) REQUIRE(std::bit_cast<bits>(value) == std::bit_cast<bits>(y[0]));
    return y[0];
}

template <class V>
void vectors_end_rightly() {
    using T = typename V::value_type;
    using limits = std::numeric_limits<T>;
    constexpr bool is_float = std::is_same_v<T, float>;
    const T tiny = limits::denorm_min(), huge = limits::max();
    CAPTURE(V::size, sizeof(T));
    const auto f_exp = [](V x) { return exp(x); };
    const auto f_expm1 = [](V x) { return expm1(x); };
    const auto f_log1p = [](V x) { return log1p(x); };
    const auto f_tanh = [](V x) { return tanh_of(x); };
    const auto f_erf = [](V x) { return erf(x); };

    CHECK(at<V>(f_exp, -huge) == 0);
    CHECK(at<V>(f_exp, T(is_float ? -104 : -746)) == 0);
    CHECK(at<V>(f_exp, T(is_float ? -103.5 : -745)) == tiny);
    CHECK(at<V>(f_exp, T(0)) == 1);
    CHECK(at<V>(f_exp, T(is_float ? 88.72 : 709.78)) <= huge);
    CHECK(at<V>(f_expm1, -huge) == -1);
    CHECK(at<V>(f_expm1, T(is_float ? 88.72 : 709.78)) <= huge);
    CHECK(at<V>([](V x) { return log(x); }, T(1)) == 0);
    // Odd at 0, to the sign of zero and the smallest number.
    const auto keeps = [&](auto f) {
        for (const T x : {T(0), -T(0), tiny, -tiny}) {
            CHECK(at<V>(f, x) == x);
            if (has_signed_zeros) CHECK(std::signbit(at<V>(f, x)) == std::signbit(x));
        }
    };
    keeps(f_expm1);
    keeps(f_log1p);
    keeps(f_tanh);
    keeps(f_erf);
}

template <class V>
void vectors_take_what_is_not_finite() {
    using T = typename V::value_type;
    constexpr bool is_float = std::is_same_v<T, float>;
    const T infinite = strata::internal::infinity<T>, nan = strata::internal::not_a_number<T>;
    const T tiny = std::numeric_limits<T>::denorm_min(), huge = std::numeric_limits<T>::max();
    CAPTURE(V::size, sizeof(T));
    const auto f_exp = [](V x) { return exp(x); };
    const auto f_expm1 = [](V x) { return expm1(x); };
    const auto f_log = [](V x) { return log(x); };
    const auto f_log1p = [](V x) { return log1p(x); };
    const auto f_tanh = [](V x) { return tanh_of(x); };
    const auto f_erf = [](V x) { return erf(x); };
    const auto f_sigmoid = [](V x) { return sigmoid::apply(x); };
    const auto f_decay = [](V x) { return decay(x); };

    CHECK(at<V>(f_exp, -infinite) == 0);
    CHECK(at<V>(f_exp, T(is_float ? 88.73 : 709.79)) == infinite);
    CHECK(at<V>(f_exp, huge) == infinite);
    CHECK(at<V>(f_exp, infinite) == infinite);
    CHECK(at<V>(f_expm1, -infinite) == -1);
    CHECK(at<V>(f_expm1, infinite) == infinite);
    CHECK(at<V>(f_log, T(0)) == -infinite);
    CHECK(at<V>(f_log, -T(0)) == -infinite);
    CHECK(at<V>(f_log, infinite) == infinite);
    CHECK(is_nan(at<V>(f_log, -tiny)));
    CHECK(is_nan(at<V>(f_log, -infinite)));
    CHECK(at<V>(f_log1p, T(-1)) == -infinite);
    CHECK(at<V>(f_log1p, infinite) == infinite);
    CHECK(is_nan(at<V>(f_log1p, T(-1.5))));
    CHECK(is_nan(at<V>(f_log1p, -infinite)));
    CHECK(at<V>(f_sigmoid, -infinite) == 0);
    CHECK(at<V>(f_sigmoid, infinite) == 1);
    CHECK(at<V>(f_decay, infinite) == 0);
    for (const T sign : {T(1), T(-1)}) {
        CHECK(at<V>(f_tanh, sign * infinite) == sign);
        CHECK(at<V>(f_erf, sign * infinite) == sign);
    }
    const auto stays_not_a_number = [&](auto f) {
        CHECK(is_nan(at<V>(f, nan)));
        CHECK(is_nan(at<V>(f, -nan)));
    };
    stays_not_a_number(f_exp);
    stays_not_a_number(f_expm1);
    stays_not_a_number(f_log);
    stays_not_a_number(f_log1p);
    stays_not_a_number(f_tanh);
    stays_not_a_number(f_erf);
    stays_not_a_number(f_sigmoid);
    stays_not_a_number(f_decay);
}

/// f'(x) of an activation whose derivative takes the input, against a difference quotient in long double.
template <class Function, class V>
void derivative_is_exact(long double (*truth)(long double)) {
    using T = typename V::value_type;
    constexpr long double step = 2e-4L;
    for (T x = T(-12); x <= T(12); x += T(0.0625)) {
        const long double exact = static_cast<long double>(x);
        // Five points: the error is of the order of step^4.
        const long double slope =
            (truth(exact - 2 * step) - 8 * truth(exact - step) + 8 * truth(exact + step) - truth(exact + 2 * step)) /
            (12 * step);
        const T y = at<V>([](V v) { return Function::derivative(v); }, x);
        CAPTURE(x, y, static_cast<double>(slope));
        REQUIRE(std::fabs(static_cast<long double>(y) - slope) <=
                8 * static_cast<long double>(loose * std::numeric_limits<T>::epsilon()) + 1e-13L);
    }
    for (const T x : {T(-1e30), T(-1000)}) REQUIRE(at<V>([](V v) { return Function::derivative(v); }, x) == 0);
    for (const T x : {T(1e30), T(1000)}) {
        const T y = at<V>([](V v) { return Function::derivative(v); }, x);
        REQUIRE(std::fabs(y - 1) <= static_cast<T>(loose_ulps) * std::numeric_limits<T>::epsilon());
    }
}

template <class V>
void derivatives_are_exact() {
    derivative_is_exact<silu, V>([](long double x) { return x * truth_logistic(x); });
    derivative_is_exact<gelu, V>([](long double x) { return x * std::erfc(-x / std::sqrt(2.0L)) / 2; });
    derivative_is_exact<gelu_tanh, V>([](long double x) {
        return x * truth_logistic(2 * 0.797884560802865355879892L * (x + 0.044715L * x * x * x));
    });
    derivative_is_exact<mish, V>([](long double x) { return x * std::tanh(std::log1p(std::exp(x))); });
}

}  // namespace

TEST_CASE("functions of vectors are as exact as their comments say") {
    vectors_are_exact<simd<float>>();
    vectors_are_exact<simd<double>>();
}

TEST_CASE("functions of narrow vectors are as exact") {
    vectors_are_exact<simd_for<float, 8>>();
    vectors_are_exact<simd_for<float, 4>>();
    vectors_are_exact<simd_for<double, 2>>();
}

TEST_CASE("functions of vectors end rightly at the largest numbers, zeros and the smallest ones") {
    vectors_end_rightly<simd<float>>();
    vectors_end_rightly<simd<double>>();
    vectors_end_rightly<simd_for<float, 4>>();
    vectors_end_rightly<simd_for<double, 2>>();
}

TEST_CASE("functions of vectors end rightly at infinities and NaN") {
    if constexpr (has_non_finite) {
        vectors_take_what_is_not_finite<simd<float>>();
        vectors_take_what_is_not_finite<simd<double>>();
        vectors_take_what_is_not_finite<simd_for<float, 4>>();
        vectors_take_what_is_not_finite<simd_for<double, 2>>();
    }
}

TEST_CASE("derivatives of activations in vectors equal difference quotients") {
    derivatives_are_exact<simd<float>>();
    derivatives_are_exact<simd<double>>();
    derivatives_are_exact<simd_for<float, 4>>();
}
