// The dense kernel against its plain twin, with guards around what it may touch.
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <strata/kernels/activation.hpp>
#include <strata/kernels/dense.hpp>

#include "../catch.hpp"

namespace {

using namespace strata::kernels;

template <std::size_t N, std::size_t K, std::size_t F, class T>
void compare() {
    constexpr panels layout{.rows = K, .columns = F, .width = panel_width<T>(F)};
    constexpr std::size_t guard = 64;
    const T poison = std::numeric_limits<T>::quiet_NaN();
    std::vector<T> x(N * K + guard, poison), w(layout.stored(), T(0)), bias(layout.count() * layout.width, T(0));
    std::vector<T> y(N * F + guard, T(-77)), expected(N * F);
    unsigned state = 12345;
    const auto next = [&] { return static_cast<T>((state = state * 1664525u + 1013904223u) >> 8) / T(8388608) - T(1); };
    for (std::size_t i = 0; i < N * K; ++i) x[i] = next();
    for (std::size_t k = 0; k < K; ++k)
        for (std::size_t f = 0; f < F; ++f) w[layout.offset(k, f)] = next();
    for (std::size_t f = 0; f < F; ++f) bias[f] = next();
    dense<N, K, F, relu>(x.data(), w.data(), bias.data(), y.data());
    reference::dense<relu>(N, layout, x.data(), w.data(), bias.data(), expected.data());
    const T bound = (sizeof(T) == 4 ? T(1e-5) : T(1e-13)) * static_cast<T>(K);
    for (std::size_t i = 0; i < N * F; ++i) REQUIRE(std::fabs(y[i] - expected[i]) <= bound);
    for (std::size_t i = N * F; i < y.size(); ++i) REQUIRE(y[i] == T(-77));
}

template <class T, std::size_t... F>
void columns(std::index_sequence<F...>) {
    (compare<1, 7, F + 1, T>(), ...);
    (compare<5, 3, F + 1, T>(), ...);
}

}  // namespace

TEST_CASE("dense equals the plain loops at every count of columns") {
    columns<float>(std::make_index_sequence<2 * lanes<float> + 1>{});
    columns<double>(std::make_index_sequence<2 * lanes<double> + 1>{});
}

TEST_CASE("dense equals the plain loops at large and odd sizes") {
    compare<1, 784, 32, float>();
    compare<1, 65, 49, float>();
    compare<29, 30, 50, float>();
    compare<32, 64, 130, double>();
    compare<1, 1, 1, float>();
}
