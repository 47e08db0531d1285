// What is done to each channel, and sums of two arrays, at every number of channels against plain loops.
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <strata/kernels/elementwise/add.hpp>
#include <strata/kernels/elementwise/channels.hpp>

#include "../catch.hpp"
#include "guarded.hpp"

namespace {

using namespace strata::kernels;

/// The kernels for a number of channels, so that what compares them is compiled once for each T.
template <class T>
struct kernels_of {
    std::size_t channels, group;  // group: rows that make one wide row
    void (*scale)(std::size_t, const T*, const T*, const T*, T*);
    void (*data_gradient)(std::size_t, const T*, const T*, const T*, const T*, const T*, const T*, T*);
    void (*scale_gradients)(std::size_t, const T*, const T*, T*);
    void (*moments)(std::size_t, const T*, T*, T*);
    void (*gradients)(std::size_t, const T*, const T*, const T*, T*, T*);
};

template <std::size_t C, class T>
kernels_of<T> kernels() {
    static_assert(wide_row<C, T>::group == 1 || wide_row<C, T>::width % lanes<T> == 0);
    return {.channels = C,
            .group = wide_row<C, T>::group,
            .scale = scale_channels<relu, C, T>,
            .data_gradient = channel_data_gradient<C, T>,
            .scale_gradients = scale_channel_gradients<C, T>,
            .moments = channel_moments<C, T>,
            .gradients = channel_gradients<C, T>};
}

/// Rows around the number that one wide row holds: none whole, one, and some left over.
std::vector<std::size_t> row_counts(std::size_t group) {
    std::vector<std::size_t> rows{1, 3, group, group + 1, 2 * group + 3};
    if (group > 2) rows.push_back(group - 1);
    return rows;
}

template <class T>
void compare(const kernels_of<T>& of, std::size_t rows) {
    const std::size_t C = of.channels;
    CAPTURE(C, rows, lanes<T>);
    numbers source(static_cast<unsigned>(C * 31 + rows));
    // A mean far from 0, so that squares would cancel.
    const guarded<T> x = source.array<T>(rows * C, T(7), T(9)), dy = source.array<T>(rows * C);
    const guarded<T> a = source.array<T>(C), b = source.array<T>(C), c = source.array<T>(C);
    const T bound = rounding<T> * static_cast<T>(rows + 8);

    guarded<T> scaled(rows * C), expected(rows * C), gradient(rows * C), expected_gradient(rows * C), thin(dy),
        expected_thin(rows * C);
    of.scale(rows, x.data(), a.data(), b.data(), scaled.data());
    of.data_gradient(rows, x.data(), dy.data(), c.data(), a.data(), b.data(), c.data(), gradient.data());
    of.scale_gradients(rows, thin.data(), a.data(), thin.data());
    guarded<T> mean(C), squares(C), sum(C), product(C), means(C, T(0)), expected_squares(C, T(0)),
        expected_sum(C, T(0)), expected_product(C, T(0));
    of.moments(rows, x.data(), mean.data(), squares.data());
    of.gradients(rows, x.data(), dy.data(), c.data(), sum.data(), product.data());
    for (std::size_t i = 0; i < rows * C; ++i) {
        expected[i] = relu::apply(x[i] * a[i % C] + b[i % C]);
        expected_gradient[i] = a[i % C] * dy[i] + b[i % C] * (x[i] - c[i % C]) + c[i % C];
        expected_thin[i] = a[i % C] * dy[i];
        means[i % C] += x[i] / static_cast<T>(rows);
        expected_sum[i % C] += dy[i];
        expected_product[i % C] += dy[i] * (x[i] - c[i % C]);
    }
    for (std::size_t i = 0; i < rows * C; ++i) expected_squares[i % C] += (x[i] - means[i % C]) * (x[i] - means[i % C]);
    require_close(scaled, expected, 16 * rounding<T>);
    require_close(gradient, expected_gradient, 16 * rounding<T>);
    require_close(thin, expected_thin, rounding<T>);
    require_close(mean, means, bound);
    require_close(squares, expected_squares, bound);
    require_close(sum, expected_sum, bound);
    require_close(product, expected_product, 10 * bound);
}

/// The moments of parts, put together, are those of the whole; each thread's channels are its own.
template <class T>
void combine(const kernels_of<T>& of) {
    constexpr std::size_t samples = 5, rows = 4, L = lanes<T>;
    const std::size_t C = of.channels;
    CAPTURE(C, L);
    const auto seed = static_cast<unsigned>(C);
    const guarded<T> x = numbers(seed).array<T>(samples * rows * C, T(7), T(9)),
                     dy = numbers(seed + 1).array<T>(samples * C);
    guarded<T> parts(samples * 2 * C), mean(C), squares(C), whole(C), whole_squares(C), sum(C), product(C),
        expected_sum(C, T(0)), expected_product(C, T(0)), last(C), last_squares(C);
    for (std::size_t s = 0; s < samples; ++s)
        of.moments(rows, x.data() + s * rows * C, parts.data() + 2 * s * C, parts.data() + (2 * s + 1) * C);
    of.moments(samples * rows, x.data(), whole.data(), whole_squares.data());
    for (std::size_t begin = 0; begin < C; begin += L) {
        const std::size_t end = begin + L < C ? begin + L : C;
        const T* each = parts.data();
        combine_moments<T>(samples, 2 * C, rows, each, each + C, begin, end, mean.data(), squares.data());
        combine_row_gradients<T>(samples, C, x.data(), dy.data(), whole.data(), begin, end, sum.data(), product.data());
        combine_sums<T>(samples, C, dy.data(), begin, end, last.data());
    }
    for (std::size_t i = 0; i < samples * C; ++i) {
        expected_sum[i % C] += dy[i];
        expected_product[i % C] += dy[i] * (x[i] - whole[i % C]);
    }
    require_close(mean, whole, 20 * rounding<T>);
    require_close(squares, whole_squares, 40 * rounding<T>);
    require_close(sum, expected_sum, 8 * rounding<T>);
    require_close(last, expected_sum, 8 * rounding<T>);
    require_close(product, expected_product, 16 * rounding<T>);
    // Single rows have no squares of their own.
    combine_moments<T>(samples * rows, C, 1, x.data(), nullptr, 0, C, last.data(), last_squares.data());
    require_close(last, whole, 20 * rounding<T>);
    require_close(last_squares, whole_squares, 40 * rounding<T>);
}

template <class T>
void check(const kernels_of<T>& of) {
    for (const std::size_t rows : row_counts(of.group)) compare(of, rows);
    combine(of);
}

template <class T, std::size_t... C>
void all_channels(std::index_sequence<C...>) {
    (check(kernels<C + 1, T>()), ...);
    check(kernels<8 * lanes<T>, T>());
    check(kernels<8 * lanes<T> + 3, T>());
}

template <class T>
void add_lengths() {
    for (std::size_t n = 1; n <= sweep<T>; ++n) {
        CAPTURE(n);
        numbers source(static_cast<unsigned>(n));
        const guarded<T> a = source.array<T>(n), b = source.array<T>(n);
        guarded<T> y(n), in_place(a), doubled(a), expected(n), positive(n), twice(n);
        add(n, a.data(), b.data(), y.data());
        add<relu>(n, static_cast<const T*>(in_place.data()), b.data(), in_place.data());
        add(n, static_cast<const T*>(doubled.data()), static_cast<const T*>(doubled.data()), doubled.data());
        for (std::size_t i = 0; i < n; ++i) {
            expected[i] = a[i] + b[i];
            positive[i] = relu::apply(a[i] + b[i]);
            twice[i] = a[i] + a[i];
        }
        require_close(y, expected, T(0));
        require_close(in_place, positive, T(0));
        require_close(doubled, twice, T(0));
    }
}

constexpr float constant_line() {
    const float x[]{1, 2, 3, 4}, scale[]{2, -1}, shift[]{0.5f, 1};
    float y[4]{};
    scale_channels<relu, 2>(2, static_cast<const float*>(x), static_cast<const float*>(scale),
                            static_cast<const float*>(shift), static_cast<float*>(y));
    return y[0] + 10 * y[1] + 100 * y[2];
}
static_assert(constant_line() == 2.5f + 0.0f + 650.0f);

}  // namespace

TEST_CASE("sums, moments and lines of channels equal plain loops for floats") {
    all_channels<float>(sweep_sequence<float>{});
}
TEST_CASE("sums, moments and lines of channels equal plain loops for doubles") {
    all_channels<double>(sweep_sequence<double>{});
}
TEST_CASE("two arrays are added at every length, also in place") {
    add_lengths<float>();
    add_lengths<double>();
}
