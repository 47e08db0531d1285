// softmax and log_softmax at every length of a row, against sums in long double.
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/kernels/elementwise/softmax.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

template <class T>
long double exponential_sum(const T* x, std::size_t n, T shift) {
    long double sum = 0;
    for (std::size_t i = 0; i < n; ++i)
        sum += std::exp(static_cast<long double>(x[i]) - static_cast<long double>(shift));
    return sum;
}

constexpr std::size_t rows = 3;

/// The kernels for rows of one length, so that what compares them is compiled once for each T.
template <class T>
struct kernels_of {
    std::size_t length;
    void (*softmax)(const T*, T*);
    void (*log_softmax)(const T*, T*);
};

/// Three rows of values in [low, high), each against exp(x) / sum(exp(x)); a row sums to 1.
template <class T>
void compare(const kernels_of<T>& kernels, T low, T high) {
    const std::size_t n = kernels.length;
    // Each value has the error of one exponential, of n additions and of x - max, which grows with the spread of x.
    const T bound =
        (8 + static_cast<T>(loose_ulps) + static_cast<T>(n) + (high - low)) * std::numeric_limits<T>::epsilon();
    const guarded<T> x = numbers(static_cast<unsigned>(n)).array<T>(rows * n, low, high);
    guarded<T> y(rows * n), logarithms(rows * n), in_place(x);
    kernels.softmax(x.data(), y.data());
    kernels.log_softmax(x.data(), logarithms.data());
    kernels.softmax(in_place.data(), in_place.data());
    CAPTURE(n, lanes<T>, low, high);
    for (std::size_t r = 0; r < rows; ++r) {
        const T shift = row_maximum(n, x.data() + r * n);
        const long double sum = exponential_sum(x.data() + r * n, n, shift);
        long double total = 0;
        for (std::size_t i = r * n; i < (r + 1) * n; ++i) {
            const long double difference = static_cast<long double>(x[i]) - static_cast<long double>(shift);
            const long double expected = std::exp(difference) / sum, logarithm = difference - std::log(sum);
            REQUIRE(std::fabs(static_cast<long double>(y[i]) - expected) <= static_cast<long double>(bound) * expected);
            // However far the row is from zero: what is subtracted first is its maximum.
            REQUIRE(std::fabs(static_cast<long double>(logarithms[i]) - logarithm) <=
                    static_cast<long double>(bound) * (1 + std::fabs(logarithm)));
            REQUIRE(is_same(in_place[i], y[i]));
            total += static_cast<long double>(y[i]);
        }
        REQUIRE(std::fabs(total - 1) <= static_cast<long double>(bound));
    }
    REQUIRE(y.is_intact());
    REQUIRE(logarithms.is_intact());
}
template <std::size_t N, class T>
void compare(T low, T high) {
    compare<T>({.length = N, .softmax = softmax<rows, N, T>, .log_softmax = log_softmax<rows, N, T>}, low, high);
}

template <class T, std::size_t... N>
void lengths(std::index_sequence<N...>) {
    (compare<N + 1, T>(T(-3), T(3)), ...);
    // Padding that counted would be exp(0 - max): far above the row where all values are low, lost where they are high.
    (compare<N + 1, T>(T(-81), T(-80)), ...);
    (compare<N + 1, T>(T(80), T(81)), ...);
}

template <class T>
void extremes() {
    constexpr std::size_t n = sweep<T>;
    const T infinity = strata::internal::infinity<T>;
    guarded<T> x(n, T(0)), y(n);
    for (std::size_t at = 0; at < n; ++at) {
        for (std::size_t i = 0; i < n; ++i) x[i] = i == at ? T(1000) : T(-1000);
        softmax<1, n>(x.data(), y.data());
        for (std::size_t i = 0; i < n; ++i) REQUIRE(y[i] == (i == at ? T(1) : T(0)));

        if constexpr (!has_non_finite) continue;
        for (std::size_t i = 0; i < n; ++i) x[i] = i == at ? -infinity : T(0);  // a masked position
        softmax<1, n>(x.data(), y.data());
        for (std::size_t i = 0; i < n; ++i)
            REQUIRE(std::fabs(y[i] - (i == at ? T(0) : T(1) / static_cast<T>(n - 1))) <=
                    4 * std::numeric_limits<T>::epsilon());

        x[at] = strata::internal::not_a_number<T>;
        softmax<1, n>(x.data(), y.data());
        for (std::size_t i = 0; i < n; ++i) REQUIRE(is_nan(y[i]));
        log_softmax<1, n>(x.data(), y.data());
        for (std::size_t i = 0; i < n; ++i) REQUIRE(is_nan(y[i]));
    }
}

}  // namespace

TEST_CASE("softmax equals its definition and sums to 1 at every length of a row") {
    lengths<float>(sweep_sequence<float>{});
    lengths<double>(sweep_sequence<double>{});
    compare<1000, float>(-5.0f, 5.0f);
}

TEST_CASE("log_softmax keeps its digits far from zero") {
    // As Keras: log(1 + e^-1) = 0.3132617.
    const float x[]{1000.0f, 999.0f, -1e6f, -1000001.0f, 16777216.0f, 16777214.0f};
    const double expected[]{-0.3132616875182228, -1.3132616875182228, -0.3132616875182228,
                            -1.3132616875182228, -0.1269280110429726, -2.1269280110429726};
    float y[6];
    log_softmax<3, 2>(x, y);
    for (std::size_t i = 0; i < 6; ++i)
        REQUIRE(std::fabs(static_cast<double>(y[i]) - expected[i]) <= 1e-6 * std::fabs(expected[i]));
    const float wide[]{3e38f, 1e38f};
    log_softmax<1, 2>(wide, y);
    REQUIRE(y[0] == 0.0f);
    REQUIRE(y[1] == wide[1] - wide[0]);
    static constexpr auto constant = [] {
        const double logits[]{1000, 999};
        std::array<double, 2> result{};
        log_softmax<1, 2>(logits, result.data());
        return result;
    }();
    STATIC_REQUIRE((constant[0] > -0.31326168752 && constant[0] < -0.31326168751));
}

TEST_CASE("softmax takes large values, masked ones and NaN at every position") {
    extremes<float>();
    extremes<double>();
}
