// Poolings against the reference kernels at every number of channels.
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/kernels/pooling/pooling.hpp>

#include "../catch.hpp"
#include "geometries.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T>
using kernel = void (*)(const T*, T*);

template <class T>
void compare(const pool2d_geometry& p, kernel<T> maximum, kernel<T> average) {
    CAPTURE(p.channels, p.height.kernel, p.width.kernel, p.height.stride, p.width.stride);
    // Negative values: a zero from padding would be the maximum.
    const guarded<T> x = numbers(static_cast<unsigned>(p.channels)).array<T>(p.in_size(), T(-2), T(-1));
    guarded<T> y(p.out_size()), expected(p.out_size());
    maximum(x.data(), y.data());
    reference::max_pooling2d(p, x.data(), expected.data());
    require_close(y, expected, T(0));
    average(x.data(), y.data());
    reference::average_pooling2d(p, x.data(), expected.data());
    require_close(y, expected, rounding<T>);
}
template <pool2d_geometry P, class T>
void compare() {
    compare<T>(P, max_pooling2d<P, T>, average_pooling2d<P, T>);
}

template <class T>
void compare_global(std::size_t rows, std::size_t channels, kernel<T> maximum, kernel<T> average) {
    CAPTURE(rows, channels);
    const guarded<T> x = numbers(static_cast<unsigned>(channels)).array<T>(rows * channels, T(-2), T(-1));
    guarded<T> y(channels), expected(channels);
    maximum(x.data(), y.data());
    reference::global_max_pooling(rows, channels, x.data(), expected.data());
    require_close(y, expected, T(0));
    average(x.data(), y.data());
    reference::global_average_pooling(rows, channels, x.data(), expected.data());
    require_close(y, expected, rounding<T>);
}
template <std::size_t Rows, std::size_t Channels, class T>
void compare_global() {
    compare_global<T>(Rows, Channels, global_max_pooling<Rows, Channels, T>, global_average_pooling<Rows, Channels, T>);
}

template <class T, std::size_t... C>
void channels(std::index_sequence<C...>) {
    (compare<pool(5, 6, C + 1, 2, 2, valid), T>(), ...);
    (compare<pool(5, 6, C + 1, 3, 2, same), T>(), ...);
    (compare_global<7, C + 1, T>(), ...);
    (compare_global<1, C + 1, T>(), ...);
}

template <class T>
void windows() {
    compare<pool(9, 11, 3, {3, 2}, {1, 2}, valid), T>();
    compare<pool(9, 11, 3, {3, 2}, {1, 2}, same), T>();
    compare<pool(9, 11, 3, 2, 3, valid), T>();
    compare<pool(9, 11, 3, 2, 3, same), T>();
    compare<pool(3, 2, 4, 5, 5, same), T>();  // a window larger than the input
    compare<pool(3, 2, 4, 5, 1, same), T>();
    compare<pool(1, 1, 1, 1, 1, valid), T>();
    compare<pool(4, 7, 5, {4, 7}, 1, valid), T>();
    compare<pool(9, 11, 3, {3, 2}, {1, 2}, valid, {2, 4}), T>();
    compare<pool(9, 11, 5, 2, 3, valid, {8, 1}), T>();
}

}  // namespace

TEST_CASE("poolings equal the plain loops at every count of channels") {
    channels<float>(sweep_sequence<float>{});
    channels<double>(sweep_sequence<double>{});
}

TEST_CASE("poolings equal the plain loops over windows, strides and padding") {
    windows<float>();
    windows<double>();
}

TEST_CASE("a maximum over a NaN is NaN, wherever it stands") {
    if constexpr (!has_non_finite) return;
    constexpr std::size_t C = lanes<float> + 1;
    constexpr pool2d_geometry P = pool(2, 2, C, 2, 2, valid);
    for (std::size_t at = 0; at < 4 * C; ++at) {
        guarded<float> x = numbers(3).array<float>(4 * C);
        x[at] = strata::internal::not_a_number<float>;
        guarded<float> y(C), whole(C), expected(C), expected_whole(C);
        max_pooling2d<P>(x.data(), y.data());
        global_max_pooling<4, C>(x.data(), whole.data());
        reference::max_pooling2d(P, x.data(), expected.data());
        reference::global_max_pooling(4, C, x.data(), expected_whole.data());
        for (std::size_t c = 0; c < C; ++c) {
            CAPTURE(at, c);
            REQUIRE(is_nan(y[c]) == (c == at % C));
            REQUIRE(is_nan(whole[c]) == (c == at % C));
            REQUIRE(is_nan(expected[c]) == (c == at % C));
            REQUIRE(is_nan(expected_whole[c]) == (c == at % C));
        }
    }
}
