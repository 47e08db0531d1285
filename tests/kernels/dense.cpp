// The dense kernel against its plain twin, with guards around what it may touch.
#include <cstddef>
#include <utility>

#include <strata/kernels/activation.hpp>
#include <strata/kernels/dense.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

template <std::size_t N, std::size_t K, std::size_t F, class T>
void compare() {
    CAPTURE(N, K, F, lanes<T>);
    constexpr panels layout{.rows = K, .columns = F, .width = panel_width<T>(F)};
    const guarded<T> x = numbers(12345).array<T>(N * K);
    guarded<T> w(layout.stored(), T(0)), padded(layout.count() * layout.width, T(0)), y(N * F), expected(N * F);
    numbers source(54321);
    for (std::size_t k = 0; k < K; ++k)
        for (std::size_t f = 0; f < F; ++f) w[layout.offset(k, f)] = source.next<T>();
    for (std::size_t f = 0; f < F; ++f) padded[f] = source.next<T>();
    for (const T* bias : {static_cast<const T*>(padded.data()), static_cast<const T*>(nullptr)}) {
        dense<N, K, F, relu>(x.data(), w.data(), bias, y.data());
        reference::dense<relu>(N, layout, x.data(), w.data(), bias, expected.data());
        require_close(y, expected, rounding<T> * static_cast<T>(K));
    }
}

template <class T, std::size_t... F>
void columns(std::index_sequence<F...>) {
    (compare<1, 7, F + 1, T>(), ...);
    (compare<5, 3, F + 1, T>(), ...);
}

}  // namespace

TEST_CASE("dense equals the plain loops at every count of columns") {
    columns<float>(sweep_sequence<float>{});
    columns<double>(sweep_sequence<double>{});
}

TEST_CASE("dense equals the plain loops at large and odd sizes") {
    compare<1, 784, 32, float>();
    compare<1, 65, 49, float>();
    compare<29, 30, 50, float>();
    compare<32, 64, 130, double>();
    compare<1, 1, 1, float>();
}
