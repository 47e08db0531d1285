// Poolings against their plain twins at every count of channels.
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/kernels/pooling.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

constexpr pool2d_geometry pool(std::size_t h, std::size_t w, std::size_t channels, window kernel, window stride,
                               padding_mode mode) {
    return {.height = slide(h, kernel.height, stride.height, 1, mode),
            .width = slide(w, kernel.width, stride.width, 1, mode),
            .channels = channels};
}

template <pool2d_geometry P, class T>
void compare() {
    CAPTURE(P.channels, P.height.kernel, P.width.kernel, P.height.stride, P.width.stride);
    // Below zero, so that a zero from padding would win a maximum.
    const guarded<T> x = numbers(static_cast<unsigned>(P.channels)).array<T>(P.in_size(), T(-2), T(-1));
    guarded<T> y(P.out_size()), expected(P.out_size());
    max_pooling2d<P>(x.data(), y.data());
    reference::max_pooling2d(P, x.data(), expected.data());
    require_close(y, expected, T(0));
    average_pooling2d<P>(x.data(), y.data());
    reference::average_pooling2d(P, x.data(), expected.data());
    require_close(y, expected, rounding<T>);
}

template <std::size_t Rows, std::size_t Channels, class T>
void compare_global() {
    CAPTURE(Rows, Channels);
    const guarded<T> x = numbers(static_cast<unsigned>(Channels)).array<T>(Rows * Channels, T(-2), T(-1));
    guarded<T> y(Channels), expected(Channels);
    global_max_pooling<Rows, Channels>(x.data(), y.data());
    reference::global_max_pooling(Rows, Channels, x.data(), expected.data());
    require_close(y, expected, T(0));
    global_average_pooling<Rows, Channels>(x.data(), y.data());
    reference::global_average_pooling(Rows, Channels, x.data(), expected.data());
    require_close(y, expected, rounding<T>);
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
