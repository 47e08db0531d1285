// The dense kernel against its plain twin, with guards around what it may touch.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
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

/// A single column without padding, from memory and from a vector whose other lanes hold no number.
template <std::size_t K, class T>
void compare_column() {
    CAPTURE(K, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(K), w = numbers(54321).array<T>(K), b = numbers(99).array<T>(1);
    for (const T* bias : {static_cast<const T*>(b.data()), static_cast<const T*>(nullptr)}) {
        T expected = 0;
        reference::dense<sigmoid>(1, panels{.rows = K, .columns = 1}, x.data(), w.data(), bias, &expected);
        const T bound = rounding<T> * static_cast<T>(K);
        REQUIRE(std::fabs(row_times_column<K, sigmoid>(x.data(), w.data(), bias) - expected) <= bound);
        if constexpr (K <= lanes<T>) {
            using V = simd_for<T, K>;
            T elements[V::size];
            std::fill_n(elements, V::size, strata::internal::not_a_number<T>);
            std::copy_n(x.data(), K, elements);
            const V y = lanes_times_column<K, sigmoid>(load_exactly<V, V::size>(elements), w.data(), bias);
            store_exactly<V::size>(elements, y);
            REQUIRE(std::fabs(elements[0] - expected) <= bound);
        }
    }
}
template <class T, std::size_t... K>
void lengths(std::index_sequence<K...>) {
    (compare_column<K + 1, T>(), ...);
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

TEST_CASE("a single column equals the plain loops at every length") {
    lengths<float>(sweep_sequence<float>{});
    lengths<double>(sweep_sequence<double>{});
    compare_column<100, float>();
    compare_column<333, float>();
    compare_column<1000, double>();
}
