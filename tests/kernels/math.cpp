// Elementary functions against a wider type: the error bounds in the comments of constexpr_math and vector_math, in
// constant evaluation, at run time and in vectors of every width; and special values.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/constexpr_math.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

/// The error of y in ULP of a double with the true value. NaN where y is NaN.
double ulps(double y, long double truth) {
    const int exponent = std::max(std::ilogb(truth), std::numeric_limits<double>::min_exponent - 1);
    const long double unit = std::ldexp(1.0L, exponent - std::numeric_limits<double>::digits + 1);
    return static_cast<double>(std::fabs(static_cast<long double>(y) - truth) / unit);
}

/// An error larger than every bound. Not infinity, which some compiler options exclude.
constexpr double everything_wrong = 1e300;

struct range {
    double low;
    double high;
};

/// The largest error over random points of each range. NaN counts as infinite.
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

/// Arguments, and values that the compiler computed for them.
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

/// As `ulps`, for T. An infinite value has no error where the true value is infinite too.
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

/// Functions of vectors of `size` values as pointers, so that the tests are compiled once for each T.
template <class T>
using vector_function = void (*)(const T*, T*);
template <class T>
struct functions {
    std::size_t size;
    vector_function<T> exp, bounded_exp, exp_minus_abs, expm1, bounded_expm1, log, log1p, bounded_log1p, tanh, erf;
    vector_function<T> sigmoid, silu, softplus, mish, gelu, elu, approximate_tanh, approximate_sigmoid;
};

/// Applies f, which has no state, to a vector in memory.
template <class V, class Function>
vector_function<typename V::value_type> in_vectors(Function) {
    using T = typename V::value_type;
    return [](const T* x, T* y) { store_exactly<V::size>(y, Function{}(load_exactly<V, V::size>(x))); };
}

template <class V>
functions<typename V::value_type> functions_of() {
    return {.size = V::size,
            .exp = in_vectors<V>([](V x) { return exp(x); }),
            .bounded_exp = in_vectors<V>([](V x) { return bounded_exp(x); }),
            .exp_minus_abs = in_vectors<V>([](V x) { return exp_minus_abs(x); }),
            .expm1 = in_vectors<V>([](V x) { return expm1(x); }),
            .bounded_expm1 = in_vectors<V>([](V x) { return bounded_expm1(x); }),
            .log = in_vectors<V>([](V x) { return log(x); }),
            .log1p = in_vectors<V>([](V x) { return log1p(x); }),
            .bounded_log1p = in_vectors<V>([](V x) { return bounded_log1p(x); }),
            .tanh = in_vectors<V>([](V x) { return tanh_of(x); }),
            .erf = in_vectors<V>([](V x) { return erf(x); }),
            .sigmoid = in_vectors<V>([](V x) { return sigmoid::apply(x); }),
            .silu = in_vectors<V>([](V x) { return silu::apply(x); }),
            .softplus = in_vectors<V>([](V x) { return softplus::apply(x); }),
            .mish = in_vectors<V>([](V x) { return mish::apply(x); }),
            .gelu = in_vectors<V>([](V x) { return gelu::apply(x); }),
            .elu = in_vectors<V>([](V x) { return elu::apply(x); }),
            .approximate_tanh = in_vectors<V>([](V x) { return approximate_tanh::apply(x); }),
            .approximate_sigmoid = in_vectors<V>([](V x) { return approximate_sigmoid::apply(x); })};
}

/// The largest error of f in vectors of `size` values over [low, high). The points are evenly spaced bit patterns, so
/// that every exponent is covered; for double also evenly spaced numbers. NaN counts as infinite.
template <class T>
double worst_in_vectors(std::size_t size, vector_function<T> f, wider<T> (*truth)(wider<T>), double low, double high) {
    using bits = typename float_format<T>::bits;
    std::array<T, lanes<T>> x, y;
    std::size_t count = 0;
    double worst = 0;
    const auto add = [&](T value) {
        if (is_nan(value) || value < static_cast<T>(low) || value > static_cast<T>(high)) return;
        x[count++] = value;
        if (count < size) return;
        count = 0;
        f(x.data(), y.data());
        for (std::size_t i = 0; i < size; ++i) {
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
    for (std::size_t i = 0; i < size; ++i) add(static_cast<T>(high));
    return worst;
}

/// The largest difference between f and the truth, for numbers of every exponent and for many around 0. `limit` is the
/// largest magnitude that a value may have.
template <class T>
double worst_difference(std::size_t size, vector_function<T> f, double (*truth)(double), double limit) {
    using bits = typename float_format<T>::bits;
    std::array<T, lanes<T>> x, y;
    double worst = 0;
    numbers source(12);
    constexpr bits patterns = 20011, step = ~bits{0} / patterns;
    for (bits i = 0; i < 3 * patterns; ++i) {
        for (std::size_t lane = 0; lane < size; ++lane) {
            const T pattern = std::bit_cast<T>(static_cast<bits>(i * step + lane));
            x[lane] = i < patterns && strata::internal::is_finite(pattern) ? pattern : source.next(T(-8), T(8));
        }
        f(x.data(), y.data());
        for (std::size_t lane = 0; lane < size; ++lane) {
            const double here = std::fabs(static_cast<double>(y[lane]) - truth(static_cast<double>(x[lane])));
            worst = is_nan(here) || std::fabs(y[lane]) > limit ? everything_wrong : std::max(worst, here);
        }
    }
    return worst;
}

template <class T>
void are_approximate(const functions<T>& f) {
    CAPTURE(f.size, sizeof(T));
    CHECK(worst_difference<T>(f.size, f.approximate_tanh, [](double x) { return std::tanh(x); }, 1.0) < 2e-4);
    CHECK(worst_difference<T>(
              f.size, f.approximate_sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, 1.0) < 1e-4);
}

constexpr double everything = std::numeric_limits<double>::max();

template <class R>
R truth_logistic(R x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

template <class T>
void are_exact(const functions<T>& f) {
    using W = wider<T>;
    constexpr bool is_float = std::is_same_v<T, float>;
    constexpr double all = is_float ? static_cast<double>(std::numeric_limits<T>::max()) : everything;
    // Where e^x is a normal number. Below, x multiplies the rounding error of a subnormal number.
    constexpr double normal = is_float ? -87 : -708;
    // Up to the largest finite result, and from the smallest argument with one, where infinities are no values.
    constexpr double finite = has_non_finite ? all : is_float ? 88.7 : 709.7;
    constexpr double least = has_non_finite ? 0 : static_cast<double>(std::numeric_limits<T>::denorm_min());
    constexpr double above = has_non_finite ? -1 : -0.9999;
    CAPTURE(f.size, sizeof(T));
    const auto worst = [&](vector_function<T> function, W (*truth)(W), double low, double high) {
        return worst_in_vectors<T>(f.size, function, truth, low, high);
    };
    const auto worst_of_all = [&](vector_function<T> function, W (*truth)(W)) {
        return worst(function, truth, -all, all);
    };

    CHECK(worst(f.exp, [](W x) { return std::exp(x); }, -all, finite) <= 1.1 + loose_ulps);
    CHECK(worst(f.bounded_exp, [](W x) { return std::exp(x); }, -all, 40) <= 1.1 + loose_ulps);
    CHECK(worst_of_all(f.exp_minus_abs, [](W x) { return std::exp(-std::fabs(x)); }) <= 1.1 + loose_ulps);
    CHECK(worst(f.expm1, [](W x) { return std::expm1(x); }, -all, finite) <= 2.5 + loose_ulps);
    CHECK(worst(f.bounded_expm1, [](W x) { return std::expm1(x); }, -all, 40) <= 2.5 + loose_ulps);
    CHECK(worst(f.log, [](W x) { return std::log(x); }, least, all) <= 1 + loose_ulps);
    CHECK(worst(f.log1p, [](W x) { return std::log1p(x); }, above, all) <= 1 + loose_ulps);
    CHECK(worst(f.bounded_log1p, [](W x) { return std::log1p(x); }, 0, 1) <= 3 + loose_ulps);
    constexpr double tanh_bound = !is_float ? 3 : has_fused_multiply_add ? 5 : 6;
    CHECK(worst_of_all(f.tanh, [](W x) { return std::tanh(x); }) <= tanh_bound + loose_ulps);
    CHECK(worst_of_all(f.erf, [](W x) { return std::erf(x); }) <= 2.5 + loose_ulps);

    CHECK(worst_of_all(f.sigmoid, [](W x) { return truth_logistic(x); }) <= 2.5 + loose_ulps);
    CHECK(worst(f.silu, [](W x) { return x * truth_logistic(x); }, normal, all) <= 4 + loose_ulps);
    CHECK(worst_of_all(f.softplus, [](W x) { return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x))); }) <=
          4 + loose_ulps);
    const auto truth_mish = [](W x) {
        const W e = std::exp(std::min(x, W(100))), n = e * (e + 2);
        return x * n / (n + 2);
    };
    CHECK(worst(f.mish, truth_mish, normal, all / 4) <= 4.5 + loose_ulps);
    const auto truth_gelu = [](W x) { return x * std::erfc(-x / std::sqrt(W(2))) / 2; };
    CHECK(worst(f.gelu, truth_gelu, is_float ? -13 : -37, all) <= 6.5 + loose_ulps);
    CHECK(worst_of_all(f.elu, [](W x) { return x > 0 ? x : std::expm1(x); }) <= 2.5 + loose_ulps);
}

/// f of a vector whose lanes all hold one value; all lanes give the same result.
template <class T>
T at(std::size_t size, vector_function<T> f, T x) {
    using bits = typename float_format<T>::bits;
    std::array<T, lanes<T>> all, y;
    all.fill(x);
    f(all.data(), y.data());
    for (std::size_t i = 0; i < size; ++i) REQUIRE(std::bit_cast<bits>(y[i]) == std::bit_cast<bits>(y[0]));
    return y[0];
}

template <class T>
void end_rightly(const functions<T>& f) {
    using limits = std::numeric_limits<T>;
    constexpr bool is_float = std::is_same_v<T, float>;
    const T tiny = limits::denorm_min(), huge = limits::max();
    CAPTURE(f.size, sizeof(T));
    const auto value = [&](vector_function<T> function, T x) { return at<T>(f.size, function, x); };

    CHECK(value(f.exp, -huge) == 0);
    CHECK(value(f.exp, T(is_float ? -104 : -746)) == 0);
    CHECK(value(f.exp, T(is_float ? -103.5 : -745)) == tiny);
    CHECK(value(f.exp, T(0)) == 1);
    CHECK(value(f.exp, T(is_float ? 88.72 : 709.78)) <= huge);
    CHECK(value(f.expm1, -huge) == -1);
    CHECK(value(f.expm1, T(is_float ? 88.72 : 709.78)) <= huge);
    CHECK(value(f.log, T(1)) == 0);
    // Odd functions at 0: the sign of zero, and the smallest number.
    const auto keeps = [&](vector_function<T> function) {
        for (const T x : {T(0), -T(0), tiny, -tiny}) {
            CHECK(value(function, x) == x);
            if (has_signed_zeros) CHECK(std::signbit(value(function, x)) == std::signbit(x));
        }
    };
    keeps(f.expm1);
    keeps(f.log1p);
    keeps(f.tanh);
    keeps(f.erf);
}

template <class T>
void take_what_is_not_finite(const functions<T>& f) {
    constexpr bool is_float = std::is_same_v<T, float>;
    const T infinite = strata::internal::infinity<T>, nan = strata::internal::not_a_number<T>;
    const T tiny = std::numeric_limits<T>::denorm_min(), huge = std::numeric_limits<T>::max();
    CAPTURE(f.size, sizeof(T));
    const auto value = [&](vector_function<T> function, T x) { return at<T>(f.size, function, x); };

    CHECK(value(f.exp, -infinite) == 0);
    CHECK(value(f.exp, T(is_float ? 88.73 : 709.79)) == infinite);
    CHECK(value(f.exp, huge) == infinite);
    CHECK(value(f.exp, infinite) == infinite);
    CHECK(value(f.expm1, -infinite) == -1);
    CHECK(value(f.expm1, infinite) == infinite);
    CHECK(value(f.log, T(0)) == -infinite);
    CHECK(value(f.log, -T(0)) == -infinite);
    CHECK(value(f.log, infinite) == infinite);
    CHECK(is_nan(value(f.log, -tiny)));
    CHECK(is_nan(value(f.log, -infinite)));
    CHECK(value(f.log1p, T(-1)) == -infinite);
    CHECK(value(f.log1p, infinite) == infinite);
    CHECK(is_nan(value(f.log1p, T(-1.5))));
    CHECK(is_nan(value(f.log1p, -infinite)));
    CHECK(value(f.sigmoid, -infinite) == 0);
    CHECK(value(f.sigmoid, infinite) == 1);
    CHECK(value(f.exp_minus_abs, infinite) == 0);
    for (const T sign : {T(1), T(-1)}) {
        CHECK(value(f.tanh, sign * infinite) == sign);
        CHECK(value(f.erf, sign * infinite) == sign);
    }
    const auto stays_not_a_number = [&](vector_function<T> function) {
        CHECK(is_nan(value(function, nan)));
        CHECK(is_nan(value(function, -nan)));
    };
    stays_not_a_number(f.exp);
    stays_not_a_number(f.expm1);
    stays_not_a_number(f.log);
    stays_not_a_number(f.log1p);
    stays_not_a_number(f.tanh);
    stays_not_a_number(f.erf);
    stays_not_a_number(f.sigmoid);
    stays_not_a_number(f.exp_minus_abs);
    stays_not_a_number(f.approximate_tanh);
    stays_not_a_number(f.approximate_sigmoid);
}

/// f'(x) of an activation whose derivative takes the input, against a difference quotient in long double.
template <class T>
void derivative_is_exact(std::size_t size, vector_function<T> derivative, long double (*truth)(long double)) {
    constexpr long double step = 2e-4L;
    for (T x = T(-12); x <= T(12); x += T(0.0625)) {
        const long double exact = static_cast<long double>(x);
        // Five points: the error is of the order of step^4.
        const long double slope =
            (truth(exact - 2 * step) - 8 * truth(exact - step) + 8 * truth(exact + step) - truth(exact + 2 * step)) /
            (12 * step);
        const T y = at<T>(size, derivative, x);
        CAPTURE(x, y, static_cast<double>(slope));
        REQUIRE(std::fabs(static_cast<long double>(y) - slope) <=
                8 * static_cast<long double>(loose * std::numeric_limits<T>::epsilon()) + 1e-13L);
    }
    for (const T x : {T(-1e30), T(-1000)}) REQUIRE(at<T>(size, derivative, x) == 0);
    for (const T x : {T(1e30), T(1000)}) {
        const T y = at<T>(size, derivative, x);
        REQUIRE(std::fabs(y - 1) <= static_cast<T>(loose_ulps) * std::numeric_limits<T>::epsilon());
    }
}
template <class Function, class V>
void derivative_is_exact(long double (*truth)(long double)) {
    derivative_is_exact<typename V::value_type>(V::size, in_vectors<V>([](V x) { return Function::derivative(x); }),
                                                truth);
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
    are_exact(functions_of<simd<float>>());
    are_exact(functions_of<simd<double>>());
}

static_assert(approximate_tanh::apply(0.5f) > 0.4619f && approximate_tanh::apply(0.5f) < 0.4623f);
static_assert(approximate_sigmoid::apply(-1e30) > 0 && approximate_sigmoid::apply(-1e30) < 1e-4);
TEST_CASE("approximate functions have the errors of their comments, in vectors of every width and in scalars") {
    are_approximate(functions_of<simd<float>>());
    are_approximate(functions_of<simd<double>>());
    are_approximate(functions_of<simd_for<float, 8>>());
    are_approximate(functions_of<simd_for<float, 4>>());
    for (double x = -7; x < 7; x += 0.01) {
        REQUIRE(std::fabs(approximate_tanh::apply(x) - std::tanh(x)) < 2e-4);
        REQUIRE(std::fabs(approximate_sigmoid::apply(static_cast<float>(x)) - 1 / (1 + std::exp(-x))) < 1e-4);
    }
    // One result for all widths, so that blocks of a stream equal its steps. Not with -fassociative-math, where GCC
    // divides vectors by approximate reciprocals and scalars by division.
    if constexpr (loose != 1) return;
    const auto widest = functions_of<simd<float>>(), narrow = functions_of<simd_for<float, 4>>();
    for (float x = -6; x < 6; x += 0.0037f) {
        const float one = approximate_tanh::apply(scalar_batch<float>(x)).value;
        REQUIRE(at(widest.size, widest.approximate_tanh, x) == at(narrow.size, narrow.approximate_tanh, x));
        if (has_fused_multiply_add) REQUIRE(at(narrow.size, narrow.approximate_tanh, x) == one);
    }
}

TEST_CASE("functions of narrow vectors are as exact") {
    are_exact(functions_of<simd_for<float, 8>>());
    are_exact(functions_of<simd_for<float, 4>>());
    are_exact(functions_of<simd_for<double, 2>>());
}

TEST_CASE("functions of vectors end rightly at the largest numbers, zeros and the smallest ones") {
    end_rightly(functions_of<simd<float>>());
    end_rightly(functions_of<simd<double>>());
    end_rightly(functions_of<simd_for<float, 4>>());
    end_rightly(functions_of<simd_for<double, 2>>());
}

TEST_CASE("functions of vectors end rightly at infinities and NaN") {
    if constexpr (has_non_finite) {
        take_what_is_not_finite(functions_of<simd<float>>());
        take_what_is_not_finite(functions_of<simd<double>>());
        take_what_is_not_finite(functions_of<simd_for<float, 4>>());
        take_what_is_not_finite(functions_of<simd_for<double, 2>>());
    }
}

TEST_CASE("derivatives of activations in vectors equal difference quotients") {
    derivatives_are_exact<simd<float>>();
    derivatives_are_exact<simd<double>>();
    derivatives_are_exact<simd_for<float, 4>>();
}
