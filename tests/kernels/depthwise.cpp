// The depthwise and separable kernels against the reference kernels: forward and gradients, at every number of
// channels.
#include <cstddef>
#include <utility>
#include <vector>

#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/depthwise_backward.hpp>
#include <strata/kernels/conv/separable.hpp>
#include <strata/kernels/elementwise/activation.hpp>

#include "../catch.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

constexpr depthwise_geometry depthwise(std::size_t h, std::size_t w, std::size_t channels, std::size_t multiplier,
                                       window kernel, window stride, window dilation, padding_mode mode) {
    return {.height = slide(h, kernel.height, stride.height, dilation.height, mode),
            .width = slide(w, kernel.width, stride.width, dilation.width, mode),
            .channels = channels,
            .multiplier = multiplier};
}

/// Bias as it lies in memory: padded to whole panels.
template <class T>
guarded<T> bias_of(std::size_t columns) {
    guarded<T> bias((columns + panel_width<T>(columns) - 1) / panel_width<T>(columns) * panel_width<T>(columns), T(0));
    numbers source(7);
    for (std::size_t i = 0; i < columns; ++i) bias[i] = source.next<T>();
    return bias;
}

/// Depthwise weights for a geometry.
template <class T>
guarded<T> taps_of(const depthwise_geometry& g) {
    return numbers(100).array<T>(g.taps() * g.out_channels());
}

template <class T>
void compare(const depthwise_geometry& g, void (*run)(const T*, const T*, const T*, T*, T*)) {
    CAPTURE(g.channels, g.multiplier, g.height.kernel, g.width.kernel, g.width.stride, g.width.dilation, lanes<T>);
    const auto x = numbers(99).array<T>(g.in_size()), w = taps_of<T>(g), bias = bias_of<T>(g.out_channels());
    guarded<T> y(g.out_size()), expected(g.out_size()), scratch(depthwise_scratch(g, g.height.output));
    const T bound = rounding<T> * static_cast<T>(g.taps());
    for (const T* b : {bias.data(), static_cast<const T*>(nullptr)}) {
        run(x.data(), w.data(), b, y.data(), scratch.data());
        reference::depthwise_conv2d<relu>(g, x.data(), w.data(), b, expected.data());
        require_close(y, expected, bound);
        REQUIRE(scratch.is_intact());
    }
}
template <depthwise_geometry G, class T = float>
void compare() {
    compare<T>(G, depthwise_conv2d<G, relu, T>);
}

/// The kernels of one geometry as functions, so that what compares them is compiled once for each T.
template <class T>
struct row_kernels {
    void (*depthwise)(const T*, std::size_t, const T*, const T*, T*, item_range, T*);
    void (*separable)(const T*, std::size_t, const separable_weights<T>&, T*, item_range, T*);
};

/// Rows by themselves, of no more input than they read, in shares of every size.
template <class T>
void compare_rows(const depthwise_geometry& g, std::size_t filters, const row_kernels<T>& kernels) {
    CAPTURE(g.channels, g.multiplier, filters, g.height.kernel, g.height.stride, lanes<T>);
    const auto x = numbers(99).array<T>(g.in_size()), w = taps_of<T>(g);
    const panels layout{.rows = g.out_channels(), .columns = filters, .width = panel_width<T>(filters)};
    const auto pointwise = numbers(5).array<T>(layout.stored());
    const T* none = nullptr;
    guarded<T> map(g.out_size()), y(g.height.output * g.width.output * filters);
    reference::depthwise_conv2d<relu>(g, x.data(), w.data(), none, map.data());
    {
        guarded<T> linear_map(g.out_size());
        reference::depthwise_conv2d<linear>(g, x.data(), w.data(), none, linear_map.data());
        reference::dense<relu>(g.height.output * g.width.output, layout, linear_map.data(), pointwise.data(), none,
                               y.data());
    }
    const std::size_t in_row = g.width.input * g.channels, map_row = g.width.output * g.out_channels();
    for (std::size_t begin = 0; begin < g.height.output; ++begin)
        for (std::size_t end = begin + 1; end <= g.height.output; ++end) {
            const item_range out{begin, end}, read = rows_read(g.height, out);
            guarded<T> part(read.size() * in_row), made(out.size() * map_row), expected(made.size());
            for (std::size_t i = 0; i < part.size(); ++i) part[i] = x[read.begin * in_row + i];
            for (std::size_t i = 0; i < made.size(); ++i) expected[i] = map[begin * map_row + i];
            guarded<T> scratch(depthwise_scratch(g, out.size()));
            kernels.depthwise(part.data(), read.begin, w.data(), none, made.data(), out, scratch.data());
            require_close(made, expected, rounding<T> * static_cast<T>(g.taps()));
            REQUIRE(scratch.is_intact());

            guarded<T> band(separable_scratch<T>(g, filters, out.size())), sums(out.size() * g.width.output * filters),
                expected_sums(sums.size());
            for (std::size_t i = 0; i < sums.size(); ++i) expected_sums[i] = y[begin * g.width.output * filters + i];
            kernels.separable(part.data(), read.begin, {w.data(), pointwise.data(), none}, sums.data(), out,
                              band.data());
            require_close(sums, expected_sums, rounding<T> * static_cast<T>(g.taps() * g.out_channels()));
            REQUIRE(band.is_intact());
        }
}
template <depthwise_geometry G, std::size_t F, class T = float>
void compare_rows() {
    compare_rows<T>(G, F, {.depthwise = depthwise_conv2d_rows<G, relu, T>, .separable = separable_rows<G, F, relu, T>});
}

template <class T>
struct gradient_kernels {
    void (*data)(const T*, const T*, T*, T*);
    void (*weights)(const gradient_samples<T>&, gradient_sum<T>, thread_slice);
};

template <class T>
void compare_gradients(const depthwise_geometry& g, const gradient_kernels<T>& kernels) {
    CAPTURE(g.channels, g.multiplier, g.height.kernel, g.width.kernel, g.width.stride, g.width.dilation, lanes<T>);
    constexpr std::size_t samples = 2;
    const auto x = numbers(99).array<T>(samples * g.in_size()), dy = numbers(98).array<T>(samples * g.out_size());
    const auto w = taps_of<T>(g);
    guarded<T> dx(g.in_size()), expected_dx(g.in_size()), scratch(depthwise_gradient_scratch(g));
    kernels.data(dy.data(), w.data(), dx.data(), scratch.data());
    reference::depthwise_data_gradient(g, dy.data(), w.data(), expected_dx.data());
    require_close(dx, expected_dx, rounding<T> * static_cast<T>(g.taps() * g.multiplier));

    const std::size_t plane = repeated(g).in_size();
    guarded<T> repeats(samples * plane), dw(w.size()), expected(w.size(), T(0));
    for (std::size_t i = 0; i < repeats.size(); ++i) repeats[i] = x[i / g.multiplier];
    for (const bool first : {true, false})  // overwrites, then adds
        for (std::size_t index = 0; index < 3; ++index)
            kernels.weights({samples, repeats.data(), plane, dy.data(), g.out_size()}, {dw.data(), first},
                            {.index = index, .count = 3});
    for (std::size_t i = 0; i < 2 * samples; ++i)
        reference::depthwise_weight_gradient(g, x.data() + i % samples * g.in_size(),
                                             dy.data() + i % samples * g.out_size(), expected.data());
    require_close(dw, expected, rounding<T> * static_cast<T>(2 * samples * g.height.output * g.width.output));
}
template <depthwise_geometry G, class T = float>
void compare_gradients() {
    compare_gradients<T>(G,
                         {.data = depthwise_data_gradient<G, T>, .weights = depthwise_weight_gradient<repeated(G), T>});
}

template <class T>
void compare_separable(const depthwise_geometry& g, std::size_t filters,
                       void (*run)(const T*, const T*, const T*, const T*, T*, T*)) {
    CAPTURE(g.channels, g.multiplier, filters, g.height.kernel, g.width.kernel, lanes<T>);
    const panels layout{.rows = g.out_channels(), .columns = filters, .width = panel_width<T>(filters)};
    const auto x = numbers(99).array<T>(g.in_size()), w = taps_of<T>(g);
    guarded<T> pointwise(layout.stored(), T(0));
    numbers source(5);
    for (std::size_t k = 0; k < layout.rows; ++k)
        for (std::size_t f = 0; f < filters; ++f) pointwise[layout.offset(k, f)] = source.next<T>();
    const auto bias = bias_of<T>(filters);
    const std::size_t pixels = g.height.output * g.width.output;
    guarded<T> y(pixels * filters), expected(pixels * filters), map(g.out_size()),
        scratch(separable_scratch<T>(g, filters, g.height.output));
    run(x.data(), w.data(), pointwise.data(), bias.data(), y.data(), scratch.data());
    reference::depthwise_conv2d<linear>(g, x.data(), w.data(), static_cast<const T*>(nullptr), map.data());
    reference::dense<relu>(pixels, layout, map.data(), pointwise.data(), bias.data(), expected.data());
    require_close(y, expected, rounding<T> * static_cast<T>(g.taps() * g.out_channels()));
    REQUIRE(scratch.is_intact());
}
template <depthwise_geometry G, std::size_t F, class T = float>
void compare_separable() {
    compare_separable<T>(G, F, separable_conv2d<G, F, relu, T>);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

template <class T, std::size_t... C>
void channels(std::index_sequence<C...>) {
    (compare<depthwise(5, 7, C + 1, 1, 3, 1, 1, same), T>(), ...);
    (compare_gradients<depthwise(5, 4, C + 1, 1, 3, 1, 1, same), T>(), ...);
}
template <class T, std::size_t... C>
void ends(std::index_sequence<C...>) {
    (compare<depthwise(4, 5, C + 1, 2, {2, 3}, 1, 1, valid), T>(), ...);
    (compare_gradients<depthwise(5, 4, C + 1, 1, {3, 2}, 2, 1, same), T>(), ...);
    (compare_separable<depthwise(4, 5, C + 1, 1, 3, 1, 1, same), C + 1, T>(), ...);
}

/// In constant evaluation the plain loops run.
constexpr float constant_depthwise() {
    constexpr depthwise_geometry g = depthwise(3, 3, 2, 1, 3, 1, 1, same);
    float x[18]{}, w[18]{}, y[18]{}, bias[2]{1, 2};
    for (int i = 0; i < 18; ++i) x[i] = w[i] = static_cast<float>(i);
    depthwise_conv2d<g, linear>(x, w, bias, y, static_cast<float*>(nullptr));
    return y[9];  // the middle pixel's second channel: 2 + 1 1 + 3 3 + ... + 17 17
}
static_assert(constant_depthwise() == 971.0f);

constexpr float constant_separable() {
    constexpr depthwise_geometry g = depthwise(1, 3, 1, 2, {1, 2}, 1, 1, valid);
    float x[3]{1, 2, 3}, w[4]{1, 10, 2, 20}, pointwise[64]{}, y[2]{};
    pointwise[0] = 1;
    pointwise[panel_width<float>(1)] = 2;
    separable_conv2d<g, 1, linear>(x, w, pointwise, static_cast<const float*>(nullptr), y,
                                   static_cast<float*>(nullptr));
    return y[1];  // (2 + 2 3) + 2 (20 + 20 3)
}
static_assert(constant_separable() == 168.0f);

}  // namespace

TEST_CASE("a depthwise convolution equals the plain loops over windows, strides, padding and dilation") {
    compare<depthwise(9, 11, 5, 1, 3, 1, 1, valid)>();
    compare<depthwise(9, 29, 33, 1, 3, 1, 1, same)>();
    compare<depthwise(10, 9, 16, 1, {3, 2}, 2, 1, same)>();
    compare<depthwise(10, 9, 17, 1, {2, 3}, {2, 1}, 1, valid)>();
    compare<depthwise(12, 13, 24, 1, 3, 1, 2, same)>();
    compare<depthwise(8, 9, 40, 1, 5, 1, 1, same)>();
    compare<depthwise(8, 9, 40, 1, 7, 2, 1, same), double>();
    compare<depthwise(7, 7, 6, 1, 1, 1, 1, valid)>();
    compare<depthwise(8, 7, 70, 1, 1, 2, 1, same)>();
    compare<depthwise(3, 2, 20, 1, 5, 1, 1, same)>();              // larger than the input
    compare<depthwise(13, 14, 19, 1, 11, 1, 1, same)>();           // larger than a tile unrolls
    compare<depthwise(1, 40, 66, 1, {1, 3}, 1, {1, 16}, same)>();  // more padding than the first tile is wide
    compare<depthwise(7, 7, 3, 1, 3, 1, 4, same)>();               // more padding than the last tile is wide
    compare<depthwise(7, 7, 16, 1, 3, 1, 4, same)>();
    compare<depthwise(7, 7, 33, 1, 3, 1, 4, same)>();
    compare<depthwise(1, 30, 9, 1, {1, 4}, 1, 1, same)>();
    compare<depthwise(6, 1, 9, 1, {4, 1}, 1, 1, same)>();
    compare<depthwise(6, 7, 3, 3, 3, {2, 1}, 1, same)>();
    compare<depthwise(6, 7, 11, 4, 2, 1, 1, valid), double>();
}

TEST_CASE("gradients of a depthwise convolution equal the plain loops over windows, strides, padding and dilation") {
    compare_gradients<depthwise(9, 11, 5, 1, 3, 1, 1, valid)>();
    compare_gradients<depthwise(7, 17, 70, 1, 3, 1, 1, same)>();
    compare_gradients<depthwise(10, 9, 17, 1, {2, 3}, {2, 1}, 1, valid)>();
    compare_gradients<depthwise(11, 9, 16, 1, 2, 3, 1, same)>();
    compare_gradients<depthwise(9, 10, 24, 1, 3, 1, 2, same)>();
    compare_gradients<depthwise(8, 9, 40, 1, 5, 1, 1, same)>();
    compare_gradients<depthwise(8, 9, 20, 1, 7, 2, 1, same), double>();
    compare_gradients<depthwise(3, 2, 20, 1, 5, 1, 1, same)>();
    compare_gradients<depthwise(5, 33, 4, 1, {1, 29}, 1, 1, same)>();  // a row of taps above the registers
    compare_gradients<depthwise(6, 7, 3, 3, 3, {2, 1}, 1, same)>();
    compare_gradients<depthwise(6, 7, 11, 2, 2, 1, 1, valid), double>();
}

TEST_CASE("a separable convolution equals the plain loops, in one band and in several") {
    compare_separable<depthwise(9, 11, 5, 1, 3, 1, 1, valid), 7>();
    compare_separable<depthwise(10, 9, 17, 1, {2, 3}, {2, 1}, 1, same), 33>();
    compare_separable<depthwise(7, 8, 3, 3, 3, 1, 1, same), 20>();
    compare_separable<depthwise(1, 30, 9, 1, {1, 4}, 1, 1, same), 5, double>();
    static_assert(separable_band_rows<float>(depthwise(13, 40, 300, 1, 3, 1, 1, same)) < 13);
    compare_separable<depthwise(13, 40, 300, 1, 3, 1, 1, same), 34>();
}

TEST_CASE("rows of depthwise and separable convolutions are made by themselves of the rows that they read") {
    compare_rows<depthwise(7, 9, 5, 1, 3, 1, 1, same), 7>();
    compare_rows<depthwise(7, 8, 20, 1, 3, 2, 1, same), 33>();
    compare_rows<depthwise(6, 5, 3, 2, 3, 1, 1, same), 4>();
    compare_rows<depthwise(9, 5, 17, 1, {3, 2}, 1, 2, same), 5, double>();
    compare_rows<depthwise(8, 5, 3, 1, 2, 3, 1, valid), 4>();
}

TEST_CASE("depthwise and separable kernels equal the plain loops at every count of channels") {
    channels<float>(sweep_sequence<float>{});
    channels<double>(sweep_sequence<double>{});
    ends<float>(end_sequence<float>{});
    ends<double>(end_sequence<double>{});
}
