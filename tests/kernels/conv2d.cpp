// The convolution and pooling kernels against the reference kernels.
#include <cstddef>
#include <utility>

#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/conv2d_pooled.hpp>
#include <strata/kernels/elementwise/activation.hpp>

#include "../catch.hpp"
#include "geometries.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

template <class T>
struct data {
    guarded<T> x, w, bias;

    data(const conv2d_geometry& g, const panels& layout)
        : x(numbers(99).array<T>(g.in_size())), w(layout.stored(), T(0)), bias(layout.count() * layout.width, T(0)) {
        numbers source(100);
        for (std::size_t k = 0; k < layout.rows; ++k)
            for (std::size_t f = 0; f < layout.columns; ++f) w[layout.offset(k, f)] = source.next<T>();
        for (std::size_t f = 0; f < layout.columns; ++f) bias[f] = source.next<T>();
    }
};

/// A kernel (x, weights, bias, y, scratch) as a function pointer, so that the comparison is compiled once for each T.
template <class T>
using kernel = void (*)(const T*, const T*, const T*, T*, T*);

template <class T>
void compare(const conv2d_geometry& g, const panels& layout, kernel<T> run) {
    CAPTURE(g.out_channels, g.height.kernel, g.width.kernel, g.height.stride, g.width.stride, lanes<T>);
    const data<T> d(g, layout);
    guarded<T> y(g.out_size()), expected(g.out_size()), scratch(conv2d_scratch<T>(g));
    const T bound = rounding<T> * static_cast<T>(g.depth());
    for (const T* bias : {d.bias.data(), static_cast<const T*>(nullptr)}) {
        run(d.x.data(), d.w.data(), bias, y.data(), scratch.data());
        reference::conv2d<relu>(g, layout, d.x.data(), d.w.data(), bias, expected.data());
        require_close(y, expected, bound);
        REQUIRE(scratch.is_intact());
    }
}

template <conv2d_geometry G, class T = float>
void compare() {
    compare<T>(G, conv2d_panels<G, T>(), conv2d<G, relu, T>);
}

template <class T>
void compare_pooled(const conv2d_geometry& g, const pool2d_geometry& p, const panels& layout, kernel<T> run) {
    CAPTURE(g.out_channels, g.height.kernel, g.width.kernel, p.height.kernel, lanes<T>);
    const data<T> d(g, layout);
    guarded<T> y(p.out_size()), map(g.out_size()), expected(p.out_size()), scratch(conv2d_scratch<T>(g));
    const T bound = rounding<T> * static_cast<T>(g.depth());
    for (const T* bias : {d.bias.data(), static_cast<const T*>(nullptr)}) {
        run(d.x.data(), d.w.data(), bias, y.data(), scratch.data());
        reference::conv2d<relu>(g, layout, d.x.data(), d.w.data(), bias, map.data());
        reference::max_pooling2d(p, map.data(), expected.data());
        require_close(y, expected, bound);
        REQUIRE(scratch.is_intact());
    }
}

template <conv2d_geometry G, int Pool, class T = float>
void compare_pooled() {
    constexpr pool2d_geometry p{.height = slide(G.height.output, Pool, Pool, 1, padding_mode::valid),
                                .width = slide(G.width.output, Pool, Pool, 1, padding_mode::valid),
                                .channels = G.out_channels};
    static_assert(fuses(G, p));
    compare_pooled<T>(G, p, conv2d_panels<G, T>(), conv2d_max_pooling<G, p, relu, T>);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T, std::size_t... F>
void filters(std::index_sequence<F...>) {
    (compare<conv(5, 6, 2, F + 1, 3, 1, 1, valid), T>(), ...);
    (compare<conv(6, 5, 3, F + 1, {2, 3}, 2, 1, same), T>(), ...);
    (compare<conv(3, 5, 4, F + 1, 1, 1, 1, valid), T>(), ...);
    (compare_pooled<conv(6, 7, 2, F + 1, 3, 1, 1, same), 2, T>(), ...);
}

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

TEST_CASE("conv2d equals the plain loops at every count of filters") {
    filters<float>(sweep_sequence<float>{});
    filters<double>(sweep_sequence<double>{});
}
