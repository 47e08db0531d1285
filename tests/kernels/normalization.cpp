// Layer and group normalization of values far from 0, against sums in long double.
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include <strata/kernels/normalization/local_response.hpp>
#include <strata/kernels/normalization/normalization.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

/// (x - mean) / sqrt(variance + epsilon) of n values that lie `step` apart.
template <class T>
std::vector<long double> exact(const T* x, std::size_t n, std::size_t step, T epsilon) {
    long double mean = 0, squares = 0;
    // Differences from the first value are exact; sums of the values would not be. volatile keeps -ffast-math from
    // adding in another order.
    const auto value = [=](std::size_t i) {
        const volatile long double difference = static_cast<long double>(x[i * step]) - static_cast<long double>(x[0]);
        return static_cast<long double>(difference);
    };
    for (std::size_t i = 0; i < n; ++i) mean += value(i);
    mean /= static_cast<long double>(n);
    std::vector<long double> result(n);
    for (std::size_t i = 0; i < n; ++i) {
        result[i] = value(i) - mean;
        squares += result[i] * result[i];
    }
    const long double deviation = std::sqrt(squares / static_cast<long double>(n) + static_cast<long double>(epsilon));
    for (long double& value : result) value /= deviation;
    return result;
}

/// The error that values of deviation 1 may have, however far they lie from 0: of the scale, of a product and of a sum.
/// Rounding the mean alone would cost mean * epsilon, 1e-3 for floats at 1e4.
template <class T>
constexpr T bound = 16 * std::numeric_limits<T>::epsilon();

}  // namespace

TEMPLATE_TEST_CASE("layer normalization keeps its digits far from 0", "", float, double) {
    using T = TestType;
    const T far = std::is_same_v<T, float> ? T(1e4) : T(1e12);
    for (const T mean : {T(0), T(100), far, -far})
        for (const std::size_t n : {2u, 3u, 8u, 15u, 16u, 17u, 31u, 64u, 65u, 130u, 1024u}) {
            CAPTURE(mean, n);
            numbers source(static_cast<unsigned>(n));
            const guarded<T> x = source.array<T>(2 * n, mean - 2, mean + 2);
            guarded<T> y(2 * n);
            normalize_rows<row_norm::layer>(2, n, x.data(), {.epsilon = T(1e-3)}, y.data());
            for (std::size_t row = 0; row < 2; ++row) {
                const auto expected = exact(x.data() + row * n, n, 1, T(1e-3));
                for (std::size_t i = 0; i < n; ++i)
                    REQUIRE(std::fabs(static_cast<long double>(y[row * n + i]) - expected[i]) <= bound<T>);
            }
            REQUIRE(y.is_intact());
        }
}

TEMPLATE_TEST_CASE("group normalization keeps its digits far from 0", "", float, double) {
    using T = TestType;
    const T far = std::is_same_v<T, float> ? T(1e4) : T(1e12);
    for (const T mean : {T(0), T(100), far, -far})
        for (const std::size_t channels : {1u, 3u, 16u, 17u, 33u}) {
            CAPTURE(mean, channels);
            constexpr std::size_t rows = 300;
            numbers source(static_cast<unsigned>(channels));
            const guarded<T> x = source.array<T>(rows * channels, mean - 2, mean + 2);
            guarded<T> y(rows * channels), scratch(3 * channels);
            normalize_groups({.rows = rows, .channels = channels, .groups = channels}, x.data(), {.epsilon = T(1e-3)},
                             y.data(), nullptr, scratch.data());
            for (std::size_t c = 0; c < channels; ++c) {
                const auto expected = exact(x.data() + c, rows, channels, T(1e-3));
                for (std::size_t r = 0; r < rows; ++r)
                    REQUIRE(std::fabs(static_cast<long double>(y[r * channels + c]) - expected[r]) <= bound<T>);
            }
            REQUIRE(y.is_intact());
            REQUIRE(scratch.is_intact());
        }
}

TEST_CASE("rows of layer normalization whose squares overflow are 0, as in Keras") {
    for (const float value : {1e30f, -1e30f, 1e20f}) {
        CAPTURE(value);
        std::vector<float> x(40, value), y(40);
        x[7] = -value;
        normalize_rows<row_norm::layer>(1, x.size(), x.data(), {.epsilon = 1e-3f}, y.data());
        for (const float each : y) REQUIRE(each == 0.0f);
    }
}

namespace {

/// Local response normalization of rows by sums in long double.
template <local_response R, class T>
void compare_local_response(std::size_t channels) {
    CAPTURE(R.size, R.beta, channels);
    constexpr std::size_t rows = 3;
    numbers source(static_cast<unsigned>(channels));
    const guarded<T> x = source.array<T>(rows * channels, T(-2), T(2));
    guarded<T> y(rows * channels), scratch(padded_row<R>(channels));
    normalize_local_response<R>(rows, channels, x.data(), y.data(), scratch.data());
    for (std::size_t i = 0; i < rows * channels; ++i) {
        const std::size_t c = i % channels;
        long double sum = 0;
        for (std::size_t other = 0; other < channels; ++other)
            if (other + R.before() >= c && other <= c + R.after()) {
                const long double value = static_cast<long double>(x[i - c + other]);
                sum += value * value;
            }
        const long double base = R.bias + R.alpha / static_cast<long double>(R.size) * sum;
        const long double expected = static_cast<long double>(x[i]) / std::pow(base, static_cast<long double>(R.beta));
        // Relative to values of at most 2: the sum of a window, a root or an exponential, three products.
        REQUIRE(std::fabs(static_cast<long double>(y[i]) - expected) <= static_cast<long double>(loose) * bound<T>);
    }
    REQUIRE(y.is_intact());
    REQUIRE(scratch.is_intact());
}

}  // namespace

TEMPLATE_TEST_CASE("local response normalization is that of sums in long double", "", float, double) {
    for (const std::size_t channels : {1u, 2u, 3u, 5u, 8u, 15u, 16u, 17u, 31u, 33u, 65u}) {
        compare_local_response<local_response{.size = 5, .alpha = 1.5}, TestType>(channels);
        compare_local_response<local_response{.size = 1, .alpha = 0.5, .beta = 0.5}, TestType>(channels);
        compare_local_response<local_response{.size = 4, .alpha = 2.0, .beta = 1.25, .bias = 0.5}, TestType>(channels);
        compare_local_response<local_response{.size = 70, .alpha = 1.0, .bias = 2.0}, TestType>(channels);
    }
}

TEST_CASE("local response normalization computes in constant expressions") {
    // 2 / (1 + (1 + 4 + 9)) and so on: alpha / size and beta are 1.
    constexpr auto y = [] {
        const double x[]{1.0, 2.0, 3.0};
        std::array<double, 3> result{};
        normalize_local_response<local_response{.size = 3, .alpha = 3.0, .beta = 1.0}>(1, 3, x, result.data(), nullptr);
        return result;
    }();
    REQUIRE(std::fabs(y[0] - 1.0 / 6) < 1e-12);
    REQUIRE(std::fabs(y[1] - 2.0 / 15) < 1e-12);
    REQUIRE(std::fabs(y[2] - 3.0 / 14) < 1e-12);
}
