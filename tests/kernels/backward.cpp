// The gradient kernels against the reference kernels: at every number of columns, with strides, padding and dilation,
// in shares of threads.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include <strata/core/random.hpp>
#include <strata/kernels/conv/conv2d_backward.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/gemm/rows_product.hpp>
#include <strata/kernels/pooling/pooling_backward.hpp>
#include <strata/kernels/reference/reference_backward.hpp>

#include "../catch.hpp"
#include "geometries.hpp"
#include "guarded.hpp"
#include "shared_tiles.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

/// Random values. The elements after them, which kernels may read, are NaN.
template <class T>
guarded<T> random_values(std::size_t count, std::size_t slack = 0) {
    random_engine engine(count);
    guarded<T> values(count + slack);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>(engine.uniform(-1.0, 1.0));
    return values;
}
/// Random values of a weight matrix in panels, with zero padding.
template <class T>
guarded<T> random_panels(const panels& layout) {
    random_engine engine(layout.stored());
    guarded<T> values(layout.stored(), T(0));
    for (std::size_t r = 0; r < layout.rows; ++r)
        for (std::size_t c = 0; c < layout.columns; ++c)
            values[layout.offset(r, c)] = static_cast<T>(engine.uniform(-1.0, 1.0));
    return values;
}

/// The bound of a sum of `depth` products of magnitude 1: depth epsilon.
template <class T>
void require_equal_sums(const guarded<T>& found, const guarded<T>& expected, std::size_t depth) {
    require_close(found, expected, (sizeof(T) == 4 ? T(2e-7) : T(4e-16)) * static_cast<T>(depth + 4));
}

template <class T>
using batch_kernel = void (*)(std::size_t, const T*, const T*, const T*, T*);

/// dense_batch gives the same bits as dense_rows, although its tiles differ and its activation is a second pass.
template <class T>
void compare_batches(const panels& layout, batch_kernel<T> batch, batch_kernel<T> rows) {
    const std::size_t depth = layout.rows, columns = layout.columns;
    const auto w = random_panels<T>(layout), bias = random_values<T>(layout.count() * layout.width);
    for (std::size_t n = 1; n <= 60; ++n) {
        const auto x = random_values<T>(n * depth);
        guarded<T> found(n * columns), expected(n * columns);
        batch(n, x.data(), w.data(), bias.data(), found.data());
        rows(n, x.data(), w.data(), bias.data(), expected.data());
        for (std::size_t i = 0; i < n * columns; ++i) REQUIRE(found[i] == expected[i]);
    }
}
template <std::size_t K, std::size_t F, class Activation, class T>
void compare_batches() {
    compare_batches<T>({.rows = K, .columns = F, .width = panel_width<T>(F)}, dense_batch<K, F, Activation, T>,
                       dense_rows<K, F, Activation, T>);
}

/// Kernels as sizes and function pointers, so that the comparison is compiled once for each T.
template <class T>
struct dense_kernels {
    panels layout;
    std::size_t transposed, scratch;
    void (*transpose)(const T*, T*, thread_slice);
    void (*data)(std::size_t, const T*, const T*, T*);
    void (*weights)(std::size_t, const T*, const T*, T*, bool, thread_slice, T*);
    void (*bias)(std::size_t, const T*, T*, bool, thread_slice);
};

template <class T>
void compare_dense(std::size_t n, const dense_kernels<T>& kernels) {
    const panels& layout = kernels.layout;
    const std::size_t depth = layout.rows, columns = layout.columns;
    const auto x = random_values<T>(n * depth), dy = random_values<T>(n * columns, gradient_slack<T>);
    const auto w = random_panels<T>(layout);
    guarded<T> transposed(kernels.transposed), dx(n * depth), expected_dx(n * depth);
    for (std::size_t index = 0; index < 2; ++index)
        kernels.transpose(w.data(), transposed.data(), {.index = index, .count = 2});
    kernels.data(n, dy.data(), transposed.data(), dx.data());
    reference::dense_data_gradient(n, layout, dy.data(), w.data(), expected_dx.data());
    require_equal_sums(dx, expected_dx, columns);

    guarded<T> dw(layout.stored(), T(0)), expected(layout.stored(), T(0)), db(layout.count() * layout.width, T(0)),
        expected_db(db.size(), T(0)), scratch(kernels.scratch);
    for (const bool first : {true, false})
        for (std::size_t index = 0; index < 3; ++index) {
            const thread_slice part{.index = index, .count = 3};
            kernels.weights(n, x.data(), dy.data(), dw.data(), first, part, scratch.data());
            kernels.bias(n, dy.data(), db.data(), first, part);
        }
    for (int twice = 0; twice < 2; ++twice)
        reference::dense_weight_gradient(n, layout, x.data(), dy.data(), expected.data(), expected_db.data());
    require_equal_sums(dw, expected, 2 * n);
    require_equal_sums(db, expected_db, 2 * n);
    REQUIRE(scratch.is_intact());
}
template <std::size_t N, std::size_t K, std::size_t F, class T>
void compare_dense() {
    compare_dense<T>(N, {.layout = {.rows = K, .columns = F, .width = panel_width<T>(F)},
                         .transposed = transposed_panels<K, F, T>().stored(),
                         .scratch = dense_gradient_scratch<K, F, T>(N),
                         .transpose = transpose_weights<K, F, T>,
                         .data = dense_data_gradient<K, F, T>,
                         .weights = dense_weight_gradient<K, F, T>,
                         .bias = bias_gradient<F, T>});
}

template <class T, std::size_t... F>
void each_column_count(std::index_sequence<F...>) {
    (compare_dense<5, 3, F + 1, T>(), ...);
}

template <class T>
struct conv_kernels {
    conv2d_geometry geometry;
    panels layout;
    std::size_t transposed, scratch;
    void (*turn)(const T*, T*, thread_slice);
    void (*data)(const T*, const T*, T*, T*);
    void (*pad)(const T*, std::size_t, item_range, T*);
    void (*weights)(std::size_t, const T*, std::size_t, const T*, T*, bool, thread_slice);
};

template <class T>
void compare_conv(std::size_t samples, const conv_kernels<T>& kernels) {
    const conv2d_geometry& g = kernels.geometry;
    const panels& layout = kernels.layout;
    const auto x = random_values<T>(samples * g.in_size()),
               dy = random_values<T>(samples * g.out_size(), gradient_slack<T>);
    const auto w = random_panels<T>(layout);
    guarded<T> transposed(kernels.transposed), scratch(kernels.scratch);
    for (std::size_t index = 0; index < 2; ++index)
        kernels.turn(w.data(), transposed.data(), {.index = index, .count = 2});
    guarded<T> dx(g.in_size()), expected_dx(g.in_size());
    kernels.data(dy.data(), transposed.data(), dx.data(), scratch.data());
    reference::conv2d_data_gradient(g, layout, dy.data(), w.data(), expected_dx.data());
    require_equal_sums(dx, expected_dx, g.height.kernel * g.width.kernel * g.out_channels);

    const std::size_t plane = without_padding(g).in_size();
    guarded<T> padded(samples * plane), dw(layout.stored(), T(0)), expected(layout.stored(), T(0)),
        db(g.out_channels, T(0));
    for (std::size_t n = 0; n < samples; ++n) {
        kernels.pad(x.data() + n * g.in_size(), 0, {0, without_padding(g).height.input}, padded.data() + n * plane);
        reference::conv2d_weight_gradient(g, layout, x.data() + n * g.in_size(), dy.data() + n * g.out_size(),
                                          expected.data(), db.data());
    }
    for (std::size_t index = 0; index < 2; ++index)
        kernels.weights(samples, padded.data(), plane, dy.data(), dw.data(), true, {.index = index, .count = 2});
    require_equal_sums(dw, expected, samples * g.height.output * g.width.output);
}
template <conv2d_geometry G, class T = float>
void compare_conv(std::size_t samples = 2) {
    compare_conv<T>(samples, {.geometry = G,
                              .layout = conv2d_panels<G, T>(),
                              .transposed = transposed_weights_size<G, T>(),
                              .scratch = conv2d_gradient_scratch<G, T>(),
                              .turn = pack_backward_weights<G, T>,
                              .data = conv2d_data_gradient<G, T>,
                              .pad = write_padding<G, T>,
                              .weights = conv2d_weight_gradient<G, T>});
}

template <class T, std::size_t... F>
void each_filter_count(std::index_sequence<F...>) {
    (compare_conv<conv(4, 5, 2, F + 1, 2, 1, 1, padding_mode::valid), T>(), ...);
}

template <class T>
void compare_pool(const pool2d_geometry& g) {
    auto x = random_values<T>(g.in_size());
    for (std::size_t i = 0; i + 1 < x.size(); i += 3)
        x[i + 1] = std::fabs(x[i]) < T(0.5) ? x[i] : x[i + 1];  // some ties
    const auto dy = random_values<T>(g.out_size());
    guarded<T> y(g.out_size()), dx(g.in_size()), expected(g.in_size());
    reference::max_pooling2d(g, x.data(), y.data());
    pool2d_gradient<to_first_maximum>(g, x.data(), y.data(), dy.data(), dx.data());
    reference::max_pooling2d_gradient(g, x.data(), dy.data(), expected.data());
    require_equal_sums(dx, expected, 4);
    pool2d_gradient<to_all_cells>(g, x.data(), y.data(), dy.data(), dx.data());
    reference::average_pooling2d_gradient(g, x.data(), dy.data(), expected.data());
    require_equal_sums(dx, expected, 4);
}

constexpr auto valid = padding_mode::valid;
constexpr auto same = padding_mode::same;

}  // namespace

TEST_CASE("the tiles of a batch have few sizes and fill it") {
    std::set<std::size_t> sizes;
    for (std::size_t rows = 1; rows <= 300; ++rows)
        for (std::size_t left = rows; left > 0;) {
            const std::size_t tile = next_batch_tile(left);
            REQUIRE(tile > 0);
            REQUIRE(tile <= std::min(left, largest_batch_tile));
            sizes.insert(tile);
            left -= tile;
        }
    CHECK(sizes.size() <= 11);
}

TEST_CASE("training's dense equals inference's bit for bit, for any batch") {
    compare_batches<5, 3, linear, float>();
    compare_batches<9, 16, relu, float>();
    compare_batches<70, 33, relu, float>();
    compare_batches<12, 40, kernels::tanh, float>();
    compare_batches<1024, 20, relu, float>();  // packed
    compare_batches<7, 9, kernels::sigmoid, double>();
}

TEST_CASE("gradients of dense equal the plain loops at every count of columns") {
    each_column_count<float>(sweep_sequence<float>{});
    each_column_count<double>(sweep_sequence<double>{});
}

TEST_CASE("gradients of dense equal the plain loops at large and odd sizes") {
    compare_dense<33, 70, 49, float>();
    compare_dense<1, 1, 1, float>();
    compare_dense<29, 31, 130, float>();  // blocks of inputs are packed
    compare_dense<17, 64, 200, double>();
}

TEST_CASE("gradients of conv2d equal the plain loops at every count of filters") {
    each_filter_count<float>(sweep_sequence<float>{});
    each_filter_count<double>(sweep_sequence<double>{});
}

TEST_CASE("gradients of conv2d equal the plain loops over strides, padding and dilation") {
    compare_conv<conv(11, 10, 16, 32, 3, 1, 1, padding_mode::valid)>();  // dx by Winograd's algorithm
    compare_conv<conv(9, 10, 32, 16, 3, 1, 1, padding_mode::same), double>();
    compare_conv<conv(9, 11, 3, 5, 3, 1, 1, valid)>();
    compare_conv<conv(9, 11, 3, 33, 3, 1, 1, same)>(3);
    compare_conv<conv(10, 9, 2, 16, {3, 2}, 2, 1, same)>();
    compare_conv<conv(10, 9, 5, 17, {2, 3}, {2, 1}, 1, valid)>();
    compare_conv<conv(12, 13, 4, 8, 3, 1, 2, same)>();
    compare_conv<conv(12, 13, 1, 48, 3, 1, {2, 1}, valid)>();
    compare_conv<conv(7, 7, 6, 40, 1, 1, 1, valid)>();
    compare_conv<conv(8, 7, 6, 3, 1, 2, 1, valid)>();
    compare_conv<conv(20, 21, 1, 1, 5, 3, 1, same), double>();
    compare_conv<conv(6, 19, 35, 9, 3, 1, 1, same), double>();
}

TEST_CASE("gradients of pooling equal the plain loops, the first of equal maxima takes all") {
    for (const std::size_t channels : {std::size_t{1}, std::size_t{3}, lanes<float>, 2 * lanes<float> + 1}) {
        compare_pool<float>(pool(8, 9, channels, 2, 2, valid));
        compare_pool<float>(pool(8, 9, channels, 3, 2, same));
        compare_pool<double>(pool(7, 6, channels, {2, 3}, 1, valid));
        compare_pool<double>(pool(7, 6, channels, {3, 2}, {1, 2}, same));
        compare_pool<float>(pool(8, 9, channels, {2, 3}, {2, 1}, valid, {3, 2}));
    }
}
