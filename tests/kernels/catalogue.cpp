// Kernels that move values, normalizations and PReLU against the reference kernels, at every length of a row.
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <strata/kernels/elementwise/prelu.hpp>
#include <strata/kernels/normalization/normalization.hpp>
#include <strata/kernels/normalization/normalization_backward.hpp>
#include <strata/kernels/reference/reference_normalization.hpp>
#include <strata/kernels/reference/reference_rearrange.hpp>
#include <strata/kernels/shape/bilinear.hpp>
#include <strata/kernels/shape/embedding.hpp>
#include <strata/kernels/shape/rearrange.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata;
using namespace strata::kernels;

// Kernels are passed as function pointers, so that a comparison is compiled once for each T.

template <class T>
using kernel = void (*)(const T*, T*);

template <class T>
void compare_permute(const shape& in, const axes& order, kernel<T> there, kernel<T> and_back) {
    CAPTURE(to_text(in).str(), to_text(order).str());
    const guarded<T> x = numbers(7).array<T>(in.size());
    guarded<T> y(in.size()), expected(in.size()), back(in.size());
    there(x.data(), y.data());
    reference::permute(in, order, x.data(), expected.data());
    require_close(y, expected, T(0));
    and_back(y.data(), back.data());
    require_close(back, x, T(0));
}
template <shape In, axes Order, class T>
void compare_permute() {
    compare_permute<T>(In, Order, permute<In, Order, T>, permute<Order.of(In), Order.inverse(), T>);
}

template <class T, std::size_t... N>
void long_permutations(std::index_sequence<N...>) {
    (compare_permute<shape{18, N + 1}, axes{2, 1}, T>(), ...);
}
template <class T, std::size_t... N>
void permutations(std::index_sequence<N...>) {
    (compare_permute<shape{N + 1, 3}, axes{2, 1}, T>(), ...);
    compare_permute<shape{3, 4, 5}, axes{1, 2, 3}, T>();
    compare_permute<shape{3, 4, 5}, axes{1, 3, 2}, T>();
    compare_permute<shape{3, 4, 5}, axes{2, 1, 3}, T>();
    compare_permute<shape{3, 4, 5}, axes{2, 3, 1}, T>();
    compare_permute<shape{3, 4, 5}, axes{3, 1, 2}, T>();
    compare_permute<shape{3, 4, 5}, axes{3, 2, 1}, T>();
    compare_permute<shape{2, 3, 4, 5, 2, 3}, axes{6, 2, 4, 1, 5, 3}, T>();
    compare_permute<shape{2, 3, 4, 5, 2, 3}, axes{1, 2, 6, 5, 4, 3}, T>();
    compare_permute<shape{1, 3, 1, 5}, axes{4, 1, 3, 2}, T>();
    compare_permute<shape{1, 1}, axes{2, 1}, T>();
}

template <class T>
struct upsampling_kernels {
    kernel<T> repeat, sum;
    void (*bilinear)(const T*, T*, T*);
    void (*gradient)(const T*, T*, T*);
};

template <class T>
void compare_upsampling(const upsampling_geometry& g, const upsampling_kernels<T>& kernels) {
    CAPTURE(g.height, g.width, g.channels, g.up_height, g.up_width);
    const guarded<T> x = numbers(3).array<T>(g.in_size()), dy = numbers(4).array<T>(g.out_size());
    guarded<T> y(g.out_size()), expected(g.out_size()), dx(g.in_size()), expected_dx(g.in_size()), line(g.in_line());
    kernels.repeat(x.data(), y.data());
    reference::repeat_cells(g, x.data(), expected.data());
    require_close(y, expected, T(0));
    kernels.sum(dy.data(), dx.data());
    reference::sum_cells(g, dy.data(), expected_dx.data());
    require_close(dx, expected_dx, rounding<T>);
    kernels.bilinear(x.data(), y.data(), line.data());
    reference::bilinear(g, x.data(), expected.data());
    require_close(y, expected, rounding<T>);
    kernels.gradient(dy.data(), dx.data(), line.data());
    reference::bilinear_gradient(g, dy.data(), expected_dx.data());
    require_close(dx, expected_dx, 4 * rounding<T>);
    REQUIRE(line.is_intact());
}
template <upsampling_geometry G, class T>
void compare_upsampling() {
    compare_upsampling<T>(G, {.repeat = repeat_cells<G, T>,
                              .sum = sum_cells<G, T>,
                              .bilinear = bilinear<G, T>,
                              .gradient = bilinear_gradient<G, T>});
}

template <class T>
void compare_border(const border_geometry& g, kernel<T> to_outer, kernel<T> to_inner) {
    const std::size_t outer_size = g.top() + g.height * g.outer_line() + g.bottom();
    const guarded<T> x = numbers(3).array<T>(g.height * g.inner_line());
    guarded<T> outer(outer_size), expected(outer_size), inner(x.size()), plain(x.size());
    to_outer(x.data(), outer.data());
    reference::pad(g, x.data(), expected.data());
    require_close(outer, expected, T(0));
    to_inner(outer.data(), inner.data());
    reference::crop(g, static_cast<const T*>(outer.data()), plain.data());
    require_close(inner, x, T(0));
    require_close(plain, x, T(0));
}
template <border_geometry G, class T>
void compare_border() {
    compare_border<T>(G, pad<G, T>, crop<G, T>);
}

template <class T, std::size_t... N>
void images(std::index_sequence<N...>) {
    (compare_upsampling<upsampling_geometry{2, 3, N + 1, 2, 3}, T>(), ...);
    compare_upsampling<upsampling_geometry{5, 4, 2, 3, 4}, T>();
    compare_upsampling<upsampling_geometry{1, 1, 3, 4, 5}, T>();
    compare_upsampling<upsampling_geometry{3, 2, 1, 1, 1}, T>();
    compare_border<border_geometry{3, 4, 2, border{1, 2, 3, 0}}, T>();
    compare_border<border_geometry{3, 1, 5, border{0, 2, 0, 0}}, T>();
    compare_border<border_geometry{1, 1, 1, border{0}}, T>();
}

/// Rows of n values around `mean`, with and without gamma and beta.
template <row_norm Kind, class T>
void compare_rows(std::size_t n, T mean) {
    CAPTURE(n, mean, static_cast<int>(Kind));
    constexpr std::size_t rows = 3;
    numbers source(static_cast<unsigned>(n));
    const guarded<T> x = source.array<T>(rows * n, mean - 1, mean + 1), gamma = source.array<T>(n);
    const guarded<T> beta = source.array<T>(n);
    guarded<T> y(rows * n), expected(rows * n), moments(2 * rows), expected_moments(2 * rows), in_place(x);
    // Where the mean is far from 0, the differences have the rounding errors of the values.
    const T bound = 20 * rounding<T> * (1 + std::fabs(mean));
    for (const bool whole : {true, false}) {
        const T *g = whole ? gamma.data() : nullptr, *b = whole ? beta.data() : nullptr;
        normalize_rows<Kind>(rows, n, x.data(), {g, b, T(1e-3)}, y.data(), moments.data());
        reference::normalize_rows<Kind>(rows, n, x.data(), {g, b, T(1e-3)}, expected.data(), expected_moments.data());
        require_close(y, expected, bound);
        require_close(moments, expected_moments, bound * 10);
    }
    normalize_rows<Kind>(rows, n, in_place.data(), {nullptr, nullptr, T(1e-3)}, in_place.data());
    require_close(in_place, y, T(0));
}

template <class T>
void compare_groups(group_geometry g, T mean) {
    CAPTURE(g.rows, g.channels, g.groups);
    numbers source(static_cast<unsigned>(g.channels));
    const guarded<T> x = source.array<T>(g.size(), mean - 1, mean + 1), gamma = source.array<T>(g.channels);
    const guarded<T> beta = source.array<T>(g.channels);
    guarded<T> y(g.size()), expected(g.size()), scratch(3 * g.channels);
    guarded<T> moments(2 * g.groups), expected_moments(2 * g.groups);
    const T bound = 20 * rounding<T> * (1 + std::fabs(mean));
    for (const bool whole : {true, false}) {
        const T *a = whole ? gamma.data() : nullptr, *b = whole ? beta.data() : nullptr;
        normalize_groups(g, x.data(), {a, b, T(1e-3)}, y.data(), moments.data(), scratch.data());
        reference::normalize_groups(g, x.data(), {a, b, T(1e-3)}, expected.data(), expected_moments.data());
        require_close(y, expected, bound);
        require_close(moments, expected_moments, bound * 10);
    }
    REQUIRE(scratch.is_intact());
}

template <class T>
void compare_columns(std::size_t n) {
    numbers source(static_cast<unsigned>(n));
    const guarded<T> x = source.array<T>(3 * n), mean = source.array<T>(n);
    guarded<T> variance = source.array<T>(n, T(0.1), T(2)), y(3 * n), expected(3 * n);
    variance[n - 1] = T(0);  // a feature that never changes
    const T bound = rounding<T> * T(2e7);
    standardize_columns(3, n, x.data(), mean.data(), variance.data(), y.data());
    reference::standardize_columns(3, n, x.data(), mean.data(), variance.data(), expected.data());
    for (std::size_t i = 0; i < 3 * n; ++i)
        REQUIRE(std::fabs(y[i] - expected[i]) <= (i % n == n - 1 ? bound : 10 * rounding<T>));
    standardize_columns(3, n, x.data(), static_cast<const T*>(nullptr), variance.data(), y.data());
    reference::standardize_columns(3, n, x.data(), static_cast<const T*>(nullptr), variance.data(), expected.data());
    for (std::size_t i = 0; i < 3 * n; ++i)
        REQUIRE(std::fabs(y[i] - expected[i]) <= (i % n == n - 1 ? bound : 10 * rounding<T>));
    REQUIRE(y.is_intact());
}

/// The shares of several threads give the same bits as one thread.
template <class T>
void compare_shares(std::size_t n) {
    constexpr std::size_t rows = 5;
    numbers source(static_cast<unsigned>(n));
    const guarded<T> x = source.array<T>(rows * n), dy = source.array<T>(rows * n), moments = source.array<T>(2 * rows);
    guarded<T> whole(n), shared(n), sums(n), shared_sums(n);
    for (const bool first : {true, false}) {
        row_gamma_gradient(rows, n, x.data(), moments.data(), dy.data(), {whole.data(), first}, thread_slice{});
        column_sums(rows, n, dy.data(), sums.data(), first, thread_slice{});
        for (std::size_t index = 0; index < 3; ++index) {
            row_gamma_gradient(rows, n, x.data(), moments.data(), dy.data(), {shared.data(), first}, {index, 3});
            column_sums(rows, n, dy.data(), shared_sums.data(), first, {index, 3});
        }
        require_close(shared, whole, T(0));
        require_close(shared_sums, sums, T(0));
    }
    for (std::size_t c = 0; c < n; ++c) {
        T expected = T(0), sum = T(0);
        for (std::size_t r = 0; r < rows; ++r) {
            expected += 2 * dy[r * n + c] * (x[r * n + c] - moments[2 * r]) * moments[2 * r + 1];
            sum += 2 * dy[r * n + c];
        }
        REQUIRE(std::fabs(whole[c] - expected) <= 10 * rounding<T>);
        REQUIRE(std::fabs(sums[c] - sum) <= 10 * rounding<T>);
    }
}

template <class T>
struct prelu_kernels {
    void (*forward)(const T*, const T*, T*);
    void (*data)(const T*, const T*, const T*, T*);
    void (*slopes)(std::size_t, const T*, const T*, T*, bool, thread_slice);
};

template <class T>
void compare_prelu(const slope_layout& layout, const prelu_kernels<T>& kernels) {
    CAPTURE(to_text(layout.in).str(), to_text(layout.slopes).str());
    const std::size_t samples = 3, size = layout.in.size(), count = layout.slopes.size();
    numbers source(9);
    guarded<T> x = source.array<T>(samples * size);
    x[size / 2] = T(0);
    const guarded<T> slopes = source.array<T>(count), dy = source.array<T>(samples * size);
    guarded<T> y(size), expected(size), dx(size), dslopes(count), shared(count), sum(count, 0);
    kernels.forward(x.data(), slopes.data(), y.data());
    reference::prelu(layout, x.data(), slopes.data(), expected.data());
    require_close(y, expected, rounding<T>);
    kernels.data(x.data(), slopes.data(), dy.data(), dx.data());
    for (std::size_t i = 0; i < size; ++i) {
        const T slope = slopes[layout.first_slope(i / layout.run) + (layout.is_shared ? 0 : i % layout.run)];
        REQUIRE(dx[i] == dy[i] * (x[i] > 0 ? T(1) : x[i] < 0 ? slope : T(0)));
    }
    REQUIRE(dx.is_intact());
    kernels.slopes(samples, x.data(), dy.data(), dslopes.data(), true, thread_slice{});
    for (std::size_t index = 0; index < 3; ++index)
        kernels.slopes(samples, x.data(), dy.data(), shared.data(), true, {index, 3});
    require_close(shared, dslopes, T(0));
    for (std::size_t i = 0; i < samples * size; ++i) {
        const std::size_t at = i % size;
        sum[layout.first_slope(at / layout.run) + (layout.is_shared ? 0 : at % layout.run)] +=
            x[i] < 0 ? x[i] * dy[i] : T(0);
    }
    require_close(dslopes, sum, rounding<T> * static_cast<T>(samples * size));
}
template <shape In, shape Slopes, class T>
void compare_prelu() {
    constexpr slope_layout layout{In, Slopes};
    compare_prelu<T>(
        layout, {.forward = prelu<layout, T>, .data = prelu_gradient<layout, T>, .slopes = slope_gradient<layout, T>});
}

template <class T, std::size_t... N>
void slopes_of_vectors(std::index_sequence<N...>) {
    (compare_prelu<shape{N + 1}, shape{N + 1}, T>(), ...);
}
template <class T, std::size_t... N>
void slopes(std::index_sequence<N...>) {
    (compare_prelu<shape{2, N + 1}, shape{1, N + 1}, T>(), ...);
    (compare_prelu<shape{2, N + 1}, shape{2, 1}, T>(), ...);
    compare_prelu<shape{2, 3, 4}, shape{1, 3, 1}, T>();
    compare_prelu<shape{2, 3, 4}, shape{2, 1, 4}, T>();
    compare_prelu<shape{2, 3, 4}, shape{1, 1, 1}, T>();
    compare_prelu<shape{2, 3, 1, 4}, shape{2, 1, 1, 1}, T>();
}

template <class T>
void compare_embedding(std::size_t dimension) {
    CAPTURE(dimension);
    constexpr std::size_t rows = 7, count = 40;
    numbers source(static_cast<unsigned>(dimension));
    const guarded<T> table = source.array<T>(rows * dimension), dy = source.array<T>(count * dimension);
    guarded<T> x = source.array<T>(count, T(0), T(rows)), y(count * dimension);
    x[3] = T(-1), x[9] = T(rows), x[17] = strata::internal::not_a_number<T>;
    take_rows(count, rows, dimension, x.data(), table.data(), y.data());
    guarded<T> sum(rows * dimension, T(0)), whole(rows * dimension), shared(rows * dimension);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < dimension; ++c) {
            const T got = y[i * dimension + c];
            if (i == 3 || i == 9 || i == 17) {
                REQUIRE(is_nan(got));
                continue;
            }
            const std::size_t place = static_cast<std::size_t>(x[i]) * dimension + c;
            REQUIRE(got == table[place]);
            sum[place] += dy[i * dimension + c];
        }
    REQUIRE(y.is_intact());
    add_to_rows(count, rows, dimension, x.data(), dy.data(), {whole.data(), true}, thread_slice{});
    require_close(whole, sum, T(0));
    for (const std::size_t threads : {std::size_t{2}, std::size_t{3}})
        for (std::size_t index = 0; index < threads; ++index)
            add_to_rows(count, rows, dimension, x.data(), dy.data(), {shared.data(), true}, {index, threads});
    require_close(shared, sum, T(0));
    add_to_rows(count, rows, dimension, x.data(), dy.data(), {shared.data(), false}, thread_slice{});
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] *= 2;
    require_close(shared, sum, 10 * rounding<T>);
}

}  // namespace

TEST_CASE("permuted axes equal the plain loops, and the inverse order gives them back") {
    permutations<float>(sweep_sequence<float>{});
    permutations<double>(sweep_sequence<double>{});
    long_permutations<float>(end_sequence<float>{});
    long_permutations<double>(end_sequence<double>{});
}

TEST_CASE("repeated, bilinear, padded and cropped images equal the plain loops") {
    images<float>(sweep_sequence<float>{});
    images<double>(sweep_sequence<double>{});
}

TEST_CASE("normalised rows equal the plain loops at every length, far from zero too") {
    for (std::size_t n = 1; n <= 5 * sweep<float>; ++n) {
        compare_rows<row_norm::layer>(n, 0.0f);
        compare_rows<row_norm::rms>(n, 0.0f);
        compare_rows<row_norm::unit>(n, 0.0f);
        compare_rows<row_norm::layer>(n, 0.0);
        compare_rows<row_norm::rms>(n, 3.0);
        compare_rows<row_norm::unit>(n, 3.0);
        compare_rows<row_norm::layer>(n, 30.0f);
    }
}

TEST_CASE("a row of zeros has length 0, and a NaN spreads over its row alone") {
    constexpr std::size_t n = sweep<float>;
    guarded<float> x(2 * n, 0.0f), y(2 * n);
    const float* none = nullptr;
    normalize_rows<row_norm::unit>(2, n, x.data(), {none, none, 1e-12f}, y.data());
    for (std::size_t i = 0; i < 2 * n; ++i) REQUIRE(y[i] == 0.0f);
    if constexpr (!has_non_finite) return;
    for (std::size_t at = 0; at < n; ++at) {
        guarded<float> z = numbers(1).array<float>(2 * n);
        z[at] = strata::internal::not_a_number<float>;
        const auto is_spread = [&] {
            for (std::size_t i = 0; i < 2 * n; ++i)
                if (is_nan(y[i]) != (i < n)) return false;
            return true;
        };
        normalize_rows<row_norm::layer>(2, n, z.data(), {none, none, 1e-3f}, y.data());
        REQUIRE(is_spread());
        normalize_rows<row_norm::rms>(2, n, z.data(), {none, none, 1e-6f}, y.data());
        REQUIRE(is_spread());
        normalize_rows<row_norm::unit>(2, n, z.data(), {none, none, 1e-12f}, y.data());
        REQUIRE(is_spread());
    }
}

TEST_CASE("normalised groups of channels and columns equal the plain loops at every count") {
    for (std::size_t n = 1; n <= sweep<float>; ++n) {
        compare_groups<float>({5, n, 1}, 0.0f);
        compare_groups<float>({1, n, n}, 2.0f);
        compare_groups<double>({3, 3 * n, 3}, 0.0);
        compare_groups<float>({4, 2 * n, n}, 0.0f);
        compare_columns<float>(n);
        compare_columns<double>(n);
        compare_shares<float>(n);
        compare_shares<double>(n);
    }
    compare_groups<float>({1000, 6, 2}, 10.0f);
}

TEST_CASE("a team's shares of the gradient of groups make what one thread makes") {
    constexpr group_geometry g{7, 3 * lanes<float> + 3, 3};
    constexpr std::size_t samples = 3;
    numbers source(4);
    const auto x = source.array<float>(samples * g.size()), dy = source.array<float>(samples * g.size());
    const auto moments = source.array<float>(samples * 2 * g.groups);
    guarded<float> whole(g.channels), shared(g.channels), scratch(2 * g.channels), expected(g.channels, 0.0f);
    const gradient_samples<float> batch{samples, x.data(), g.size(), dy.data(), g.size()};
    group_gamma_gradient(g, batch, moments.data(), 2 * g.groups, {whole.data(), true}, {}, scratch.data());
    for (std::size_t index = 0; index < 3; ++index)
        group_gamma_gradient(g, batch, moments.data(), 2 * g.groups, {shared.data(), true}, {index, 3}, scratch.data());
    require_close(shared, whole, 0.0f);
    for (std::size_t i = 0; i < samples * g.size(); ++i) {
        const std::size_t c = i % g.channels, sample = i / g.size(), group = c / (g.channels / g.groups);
        const float* m = moments.data() + (sample * g.groups + group) * 2;
        expected[c] += dy[i] * (x[i] - m[0]) * m[1];
    }
    require_close(whole, expected, 10 * rounding<float>);
}

TEST_CASE("slopes below zero equal the plain loops, whatever axes share them") {
    slopes<float>(sweep_sequence<float>{});
    slopes<double>(sweep_sequence<double>{});
    slopes_of_vectors<float>(end_sequence<float>{});
    slopes_of_vectors<double>(end_sequence<double>{});
}

TEST_CASE("rows of a table are taken and added to at every length, and nothing outside it is touched") {
    for (std::size_t n = 1; n <= 7 * sweep<float>; n += n < sweep<float> ? 1 : 13) {
        compare_embedding<float>(n);
        compare_embedding<double>(n);
    }
}
