// Winograd's algorithm against the reference convolution, and the bounds of its rounding error.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <strata/kernels/conv/convolution.hpp>
#include <strata/kernels/elementwise/activation.hpp>

#include "../catch.hpp"
#include "geometries.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr conv2d_geometry conv(std::size_t h, std::size_t w, std::size_t ic, std::size_t oc, padding_mode mode) {
    return kernels::conv(h, w, ic, oc, 3, 1, 1, mode);
}

/// A kernel as sizes and function pointers, so that the tests are compiled once for each T.
template <class T>
struct kernel_of {
    conv2d_geometry geometry;
    panels layout;
    std::size_t tile, packed_size;
    void (*pack_weights)(const T*, T*, thread_slice);
    void (*rows)(const T*, std::size_t, const convolution_weights<T>&, T*, item_range, T*);
};

/// The largest error relative to the largest output over the whole map, which is computed `bands` rows at a time.
template <class T>
double error(const kernel_of<T>& method, bool with_bias, std::size_t bands) {
    const conv2d_geometry& g = method.geometry;
    const panels& layout = method.layout;
    numbers source(7);
    const guarded<T> x = source.array<T>(g.in_size());
    std::vector<T> w(layout.stored(), T(0)), bias(layout.count() * layout.width, T(0));
    for (std::size_t k = 0; k < layout.rows; ++k)
        for (std::size_t f = 0; f < layout.columns; ++f) w[layout.offset(k, f)] = source.next<T>();
    for (std::size_t f = 0; f < layout.columns; ++f) bias[f] = source.next<T>();
    const T* offset = with_bias ? bias.data() : nullptr;

    guarded<T> transformed(method.packed_size), y(g.out_size()), scratch(convolution_scratch<T>(g, method.tile, bands));
    for (std::size_t index = 0; index < 3; ++index)
        method.pack_weights(w.data(), transformed.data(), {.index = index, .count = 3});
    for (std::size_t begin = 0; begin < g.height.output; begin += bands) {
        const item_range out{begin, std::min(begin + bands, g.height.output)};
        // Only the rows that the band reads, at the end of a page.
        const std::size_t row = g.width.input * g.in_channels, top = out.begin, bottom = out.end + 2;
        const std::size_t first = std::max(top, g.height.before) - g.height.before;
        const std::size_t last = std::min(bottom - g.height.before, g.height.input);
        guarded<T> rows((last - first) * row);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = x[first * row + i];
        method.rows(rows.data(), first, {w.data(), transformed.data(), offset},
                    y.data() + begin * g.width.output * g.out_channels, out, scratch.data());
    }
    REQUIRE(y.is_intact());
    REQUIRE(scratch.is_intact());

    const std::vector<double> x2(x.data(), x.data() + x.size()), w2(w.begin(), w.end()), b2(bias.begin(), bias.end());
    std::vector<double> expected(g.out_size());
    reference::conv2d<relu>(g, layout, x2.data(), w2.data(), with_bias ? b2.data() : nullptr, expected.data());
    double worst = 0.0, largest = 0.0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double gap = std::fabs(static_cast<double>(y[i]) - expected[i]);
        if (!(gap <= worst)) worst = gap;  // a NaN stays
        largest = std::max(largest, std::fabs(expected[i]));
    }
    return worst / largest;
}

template <conv2d_geometry G, std::size_t M, class T = float, std::size_t Bands = G.height.output>
double error(bool with_bias = true) {
    using method = convolution<G, T, M>;
    return error<T>({.geometry = G,
                     .layout = conv2d_panels<G, T>(),
                     .tile = M,
                     .packed_size = method::packed_size,
                     .pack_weights = method::pack_weights,
                     .rows = method::template rows<relu>},
                    with_bias, Bands);
}

void require_below(double bound, double error, std::size_t channels) {
    CAPTURE(channels);
    REQUIRE(error < bound);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T>
constexpr double bound_of = sizeof(T) == 4 ? 5e-6 : 1e-14;

template <class T, std::size_t... I>
void channels(std::index_sequence<I...>) {
    (require_below(bound_of<T>, error<conv(6, 5, I + 1, I + 1, same), 4, T>(), I + 1), ...);
}
template <class T, std::size_t... I>
void ends(std::index_sequence<I...>) {
    (require_below(bound_of<T>, error<conv(6, 5, I + 1, 3, same), 4, T>(), I + 1), ...);
    (require_below(bound_of<T>, error<conv(6, 7, 2, I + 1, valid), 4, T>(), I + 1), ...);
    (require_below(bound_of<T>, error<conv(5, 4, I + 1, I + 1, same), 2, T>(false), I + 1), ...);
}

}  // namespace

TEST_CASE("Winograd's convolution equals the plain loops at every count of channels") {
    channels<float>(sweep_sequence<float>{});
    channels<double>(sweep_sequence<double>{});
    ends<float>(end_sequence<float>{});
    ends<double>(end_sequence<double>{});
}

TEST_CASE("Winograd's convolution equals the plain loops at every size of map") {
    REQUIRE(error<conv(3, 3, 4, 4, valid), 4>() < 5e-6);
    REQUIRE(error<conv(1, 1, 4, 4, same), 4>() < 5e-6);
    REQUIRE(error<conv(1, 9, 4, 4, same), 2>() < 1e-6);
    REQUIRE(error<conv(9, 1, 4, 4, same), 4>() < 5e-6);
    REQUIRE(error<conv(10, 11, 5, 7, valid), 4>() < 5e-6);
    REQUIRE(error<conv(31, 34, 3, 33, same), 4>() < 5e-6);
    REQUIRE(error<conv(31, 34, 3, 33, valid), 2>() < 1e-6);
}

TEST_CASE("Winograd's convolution in bands of rows is the whole map") {
    REQUIRE(error<conv(21, 13, 5, 9, valid), 4, float, 4>() < 5e-6);
    REQUIRE(error<conv(21, 13, 5, 9, same), 4, float, 8>() < 5e-6);
    REQUIRE(error<conv(21, 13, 5, 9, same), 2, double, 2>() < 1e-14);
}

TEST_CASE("Winograd's rounding stays below its bound up to 512 channels") {
    REQUIRE(error<conv(18, 18, 32, 32, same), 4>() < 5e-6);
    REQUIRE(error<conv(10, 10, 128, 48, same), 4>() < 5e-6);
    REQUIRE(error<conv(6, 6, 512, 32, same), 4>() < 5e-6);
    REQUIRE(error<conv(6, 6, 512, 32, same), 2>() < 1e-6);
}

TEST_CASE("the model of the cost takes Winograd's tiles where they are fast") {
    STATIC_REQUIRE(winograd_tile(conv(123, 123, 32, 32, valid)) == 4);
    STATIC_REQUIRE(winograd_tile(conv(10, 10, 32, 32, valid)) == 4);
    STATIC_REQUIRE(winograd_tile(conv(250, 250, 3, 32, valid)) == 0);
    STATIC_REQUIRE(winograd_tile(conv(3, 3, 64, 64, valid)) == 0);
    constexpr auto strided = [] {
        conv2d_geometry g = conv(50, 50, 32, 32, valid);
        g.height = slide(50, 3, 2, 1, valid);
        return g;
    }();
    STATIC_REQUIRE(winograd_tile(strided) == 0);
}
