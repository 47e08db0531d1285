// The convolution kernels and poolings against their plain twins.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <strata/kernels/activation.hpp>
#include <strata/kernels/conv2d.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr conv2d_geometry conv(int h, int w, std::size_t ic, std::size_t oc, window kernel, window stride, window dilation,
                               padding_mode mode) {
    return {.height = slide(static_cast<std::size_t>(h), kernel.height, stride.height, dilation.height, mode),
            .width = slide(static_cast<std::size_t>(w), kernel.width, stride.width, dilation.width, mode),
            .in_channels = ic,
            .out_channels = oc};
}

template <class T>
struct data {
    std::vector<T> x, w, bias;

    data(const conv2d_geometry& g, const panels& layout)
        : x(g.in_size() + 64, std::numeric_limits<T>::quiet_NaN()), w(layout.stored(), T(0)),
          bias(layout.count() * layout.width, T(0)) {
        unsigned state = 99;
        const auto next = [&] { return static_cast<T>((state = state * 1664525u + 1013904223u) >> 8) / T(8388608) - T(1); };
        for (std::size_t i = 0; i < g.in_size(); ++i) x[i] = next();
        for (std::size_t k = 0; k < layout.rows; ++k)
            for (std::size_t f = 0; f < layout.columns; ++f) w[layout.offset(k, f)] = next();
        for (std::size_t f = 0; f < layout.columns; ++f) bias[f] = next();
    }
};

template <class T>
void require_equal(const std::vector<T>& y, const std::vector<T>& expected, std::size_t depth) {
    const T bound = (sizeof(T) == 4 ? T(1e-5) : T(1e-13)) * static_cast<T>(depth);
    for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(std::fabs(y[i] - expected[i]) <= bound);
    for (std::size_t i = expected.size(); i < y.size(); ++i) REQUIRE(y[i] == T(-77));
}

template <conv2d_geometry G, class T = float>
void compare() {
    constexpr panels layout = conv2d_panels<G, T>();
    const data<T> d(G, layout);
    std::vector<T> y(G.out_size() + 64, T(-77)), expected(G.out_size()), scratch(conv2d_scratch<T>(G) + 1);
    conv2d<G, relu>(d.x.data(), d.w.data(), d.bias.data(), y.data(), scratch.data());
    reference::conv2d<relu>(G, layout, d.x.data(), d.w.data(), d.bias.data(), expected.data());
    require_equal(y, expected, G.depth());
}

template <conv2d_geometry G, int Pool, class T = float>
void compare_pooled() {
    constexpr pool2d_geometry p{.height = slide(G.height.output, Pool, Pool, 1, padding_mode::valid),
                                .width = slide(G.width.output, Pool, Pool, 1, padding_mode::valid),
                                .channels = G.out_channels};
    static_assert(fuses(G, p));
    constexpr panels layout = conv2d_panels<G, T>();
    const data<T> d(G, layout);
    std::vector<T> y(p.out_size() + 64, T(-77)), map(G.out_size()), expected(p.out_size()), scratch(conv2d_scratch<T>(G) + 1);
    conv2d_max_pooling<G, p, relu>(d.x.data(), d.w.data(), d.bias.data(), y.data(), scratch.data());
    reference::conv2d<relu>(G, layout, d.x.data(), d.w.data(), d.bias.data(), map.data());
    reference::max_pooling2d(p, map.data(), expected.data());
    require_equal(y, expected, G.depth());
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

}  // namespace

TEST_CASE("conv2d equals the plain loops over strides, padding and dilation") {
    compare<conv(9, 11, 3, 5, 3, 1, 1, valid)>();
    compare<conv(9, 11, 3, 33, 3, 1, 1, same)>();
    compare<conv(10, 9, 2, 16, {3, 2}, 2, 1, same)>();
    compare<conv(10, 9, 5, 17, {2, 3}, {2, 1}, 1, valid)>();
    compare<conv(12, 13, 4, 8, 3, 1, 2, same)>();
    compare<conv(12, 13, 1, 48, 3, 1, {2, 1}, valid)>();
    compare<conv(7, 7, 6, 40, 1, 1, 1, valid)>();
    compare<conv(8, 7, 6, 3, 1, 2, 1, valid)>();
    compare<conv(40, 41, 1, 1, 5, 3, 1, same), double>();
    compare<conv(6, 35, 3, 9, 3, 1, 1, same), double>();
    compare<conv(5, 5, 130, 120, 3, 1, 1, same)>();  // weights above 512 KB: panels outside
}

TEST_CASE("conv2d with a pooling in its epilogue equals the two one after the other") {
    compare_pooled<conv(11, 12, 3, 8, 3, 1, 1, valid), 2>();
    compare_pooled<conv(20, 41, 4, 32, 3, 1, 1, valid), 3>();
    compare_pooled<conv(9, 9, 2, 17, 3, 1, 1, same), 2>();
    compare_pooled<conv(13, 14, 3, 33, 2, 1, 1, valid), 4, double>();
}
