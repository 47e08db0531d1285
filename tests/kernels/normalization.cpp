// Layer and group normalization of values far from 0, against sums in long double.
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

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
