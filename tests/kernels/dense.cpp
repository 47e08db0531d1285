// The dense kernel against the reference kernel, with guards around the memory that it may access.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/dense.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

template <class T>
void compare(std::size_t n, const panels& layout, void (*run)(const T*, const T*, const T*, T*)) {
    const std::size_t depth = layout.rows, columns = layout.columns;
    CAPTURE(n, depth, columns, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(n * depth);
    guarded<T> w(layout.stored(), T(0)), padded(layout.count() * layout.width, T(0)), y(n * columns),
        expected(n * columns);
    numbers source(54321);
    for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t f = 0; f < columns; ++f) w[layout.offset(k, f)] = source.next<T>();
    for (std::size_t f = 0; f < columns; ++f) padded[f] = source.next<T>();
    for (const T* bias : {static_cast<const T*>(padded.data()), static_cast<const T*>(nullptr)}) {
        run(x.data(), w.data(), bias, y.data());
        reference::dense<relu>(n, layout, x.data(), w.data(), bias, expected.data());
        require_close(y, expected, rounding<T> * static_cast<T>(depth));
    }
}
template <std::size_t N, std::size_t K, std::size_t F, class T>
void compare() {
    compare<T>(N, {.rows = K, .columns = F, .width = panel_width<T>(F)}, dense<N, K, F, relu, T>);
}

/// One column: x from memory, and x in a vector whose other lanes are NaN.
template <class T>
using column_kernel = T (*)(const T*, const T*, const T*);

template <std::size_t K, class T>
T from_memory(const T* x, const T* w, const T* bias) {
    return row_times_column<K, sigmoid>(x, w, bias);
}
template <std::size_t K, class T>
T from_lanes(const T* x, const T* w, const T* bias) {
    using V = simd_for<T, K>;
    T elements[V::size];
    std::fill_n(elements, V::size, strata::internal::not_a_number<T>);
    std::copy_n(x, K, elements);
    store_exactly<V::size>(elements, lanes_times_column<K, sigmoid>(load_exactly<V, V::size>(elements), w, bias));
    return elements[0];
}

/// A single column without padding. by_lanes is null where no vector has k lanes.
template <class T>
void compare_column(std::size_t k, column_kernel<T> by_memory, column_kernel<T> by_lanes) {
    CAPTURE(k, lanes<T>);
    const guarded<T> x = numbers(12345).array<T>(k), w = numbers(54321).array<T>(k), b = numbers(99).array<T>(1);
    for (const T* bias : {static_cast<const T*>(b.data()), static_cast<const T*>(nullptr)}) {
        T expected = 0;
        reference::dense<sigmoid>(1, panels{.rows = k, .columns = 1}, x.data(), w.data(), bias, &expected);
        const T bound = rounding<T> * static_cast<T>(k);
        REQUIRE(std::fabs(by_memory(x.data(), w.data(), bias) - expected) <= bound);
        if (by_lanes != nullptr) REQUIRE(std::fabs(by_lanes(x.data(), w.data(), bias) - expected) <= bound);
    }
}
template <std::size_t K, class T>
void compare_column() {
    column_kernel<T> by_lanes = nullptr;
    if constexpr (K <= lanes<T>) by_lanes = from_lanes<K, T>;
    compare_column<T>(K, from_memory<K, T>, by_lanes);
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
