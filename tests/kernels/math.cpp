// constexpr_math against long double: the errors that its comment claims, in constant evaluation and at run time.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include <strata/kernels/constexpr_math.hpp>

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
            const double x = source.next(r.low, r.high);
            const double error = ulps(function(x), truth(static_cast<long double>(x)));
            if (!(error <= result)) result = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
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
        if (!(error <= result)) result = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
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
    REQUIRE(worst(constexpr_math::exp, truth_exp, array{range{-745, 709}, range{-1, 1}, range{-745, -700}}) <= 2);
    REQUIRE(worst(constexpr_math::expm1, truth_expm1, array{range{-40, 709}, range{-1, 1}, range{-1e-5, 1e-5}}) <= 2);
    REQUIRE(worst(constexpr_math::log, truth_log,
                  array{range{0.5, 2}, range{0, 1}, range{1, 1e300}, range{0, 1e-307}}) <= 2);
    REQUIRE(worst(constexpr_math::log1p, truth_log1p, array{range{-0.999, 3}, range{-1e-5, 1e-5}, range{0, 1e30}}) <=
            2);
    REQUIRE(worst(constexpr_math::erf, truth_erf, array{range{-6.5, 6.5}, range{-1.3, 1.3}, range{-1e-5, 1e-5}}) <= 6);
    REQUIRE(worst(constexpr_math::tanh, truth_tanh, array{range{-25, 25}, range{-1, 1}, range{-1e-5, 1e-5}}) <= 4);
    REQUIRE(worst(constexpr_math::sqrt, truth_sqrt, array{range{0, 4}, range{0, 1e308}, range{0, 1e-307}}) <= 1);
    REQUIRE(worst(constexpr_math::sigmoid, truth_sigmoid, array{range{-700, 40}, range{-2, 2}}) <= 4);
    REQUIRE(worst(constexpr_math::softplus, truth_softplus, array{range{-700, 40}, range{-2, 2}}) <= 4);
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
