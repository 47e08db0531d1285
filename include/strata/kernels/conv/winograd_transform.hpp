// winograd_transform: the input and output transforms of Winograd's algorithm, vectorised over channels.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The one-dimensional transforms of F(M, 3), which gives M outputs of a filter of 3 taps (Cook-Toom): `window`
/// transforms the taps, `input` M + 2 inputs, `output` M + 2 products. The points for M = 2 are 0, 1, -1 and infinity.
/// The points for M = 4 are 0, 2/3, -2/3, 3/2, -3/2 and infinity; their rounding error is a quarter of that of the
/// usual points 1 and 2. Largest error of a convolution in float, relative to its largest output, up to 512 channels:
/// 1e-6 for M = 2, 5e-6 for M = 4.
template <std::size_t M>
struct winograd_transform;

template <>
struct winograd_transform<2> {
    static constexpr std::array<std::array<double, 3>, 4> window{
        {{1.0, 0.0, 0.0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0.0, 0.0, 1.0}}};

    template <class V>
    static STRATA_INLINE void input(const V (&d)[4], V (&t)[4]) {
        t[0] = d[0] - d[2];
        t[1] = d[1] + d[2];
        t[2] = d[2] - d[1];
        t[3] = d[3] - d[1];
    }
    /// Transforms the columns of a tile and calls use(i, row) for each transformed row. at(i, j) loads.
    template <class V, class At, class Use>
    static STRATA_INLINE void input_columns(At at, Use use) {
        V rows[4][4];
        STRATA_UNROLL
        for (std::size_t j = 0; j < 4; ++j) {
            const V d[4] = {at(0, j), at(1, j), at(2, j), at(3, j)};
            V t[4];
            input(d, t);
            STRATA_UNROLL
            for (std::size_t i = 0; i < 4; ++i) rows[i][j] = t[i];
        }
        STRATA_UNROLL
        for (std::size_t i = 0; i < 4; ++i) use(i, rows[i]);
    }
    template <class V>
    static STRATA_INLINE void output(const V (&m)[4], V (&y)[2]) {
        y[0] = m[0] + (m[1] + m[2]);
        y[1] = (m[1] - m[2]) + m[3];
    }
};

template <>
struct winograd_transform<4> {
    static constexpr double a = 2.0 / 3, b = 3.0 / 2, aa = a * a, bb = b * b, gap = bb - aa;
    static constexpr std::array<std::array<double, 3>, 6> window{{{1.0, 0.0, 0.0},
                                                                  {-0.5 / aa / gap, -0.5 / a / gap, -0.5 / gap},
                                                                  {-0.5 / aa / gap, 0.5 / a / gap, -0.5 / gap},
                                                                  {0.5 / bb / gap, 0.5 / b / gap, 0.5 / gap},
                                                                  {0.5 / bb / gap, -0.5 / b / gap, 0.5 / gap},
                                                                  {0.0, 0.0, 1.0}}};

    template <class V>
    static STRATA_INLINE void input(const V (&d)[6], V (&t)[6]) {
        using T = typename V::value_type;
        const V minus_sum(T(-aa - bb));
        t[0] = multiply_add(minus_sum, d[2], d[0] + d[4]);
        pair(T(a), T(-bb), d, t[1], t[2]);
        pair(T(b), T(-aa), d, t[3], t[4]);
        t[5] = multiply_add(minus_sum, d[3], d[1] + d[5]);
    }
    /// Transforms the columns of a tile and calls use(i, row) for each transformed row. at(i, j) loads. Two rows are
    /// computed at a time: all six would not fit the registers.
    template <class V, class At, class Use>
    static STRATA_INLINE void input_columns(At at, Use use) {
        using T = typename V::value_type;
        V first[6], second[6];
        STRATA_UNROLL
        for (std::size_t j = 0; j < 6; ++j) first[j] = multiply_add(V(T(-aa - bb)), at(2, j), at(0, j) + at(4, j));
        use(0, first);
        STRATA_UNROLL
        for (std::size_t j = 0; j < 6; ++j) column_pair(T(a), T(-bb), at, j, first[j], second[j]);
        use(1, first);
        use(2, second);
        STRATA_UNROLL
        for (std::size_t j = 0; j < 6; ++j) column_pair(T(b), T(-aa), at, j, first[j], second[j]);
        use(3, first);
        use(4, second);
        STRATA_UNROLL
        for (std::size_t j = 0; j < 6; ++j) first[j] = multiply_add(V(T(-aa - bb)), at(3, j), at(1, j) + at(5, j));
        use(5, first);
    }
    template <class V>
    static STRATA_INLINE void output(const V (&m)[6], V (&y)[4]) {
        using T = typename V::value_type;
        const V sum_a = m[1] + m[2], part_a = m[1] - m[2], sum_b = m[3] + m[4], part_b = m[3] - m[4];
        y[0] = m[0] + (sum_a + sum_b);
        y[1] = multiply_add(V(T(a)), part_a, V(T(b)) * part_b);
        y[2] = multiply_add(V(T(aa)), sum_a, V(T(bb)) * sum_b);
        y[3] = multiply_add(V(T(aa * a)), part_a, multiply_add(V(T(bb * b)), part_b, m[5]));
    }

private:
    /// The rows of the input transform for the points p and -p. `square` is the negated square of the other pair's
    /// point.
    template <class V, class T>
    static STRATA_INLINE void pair(T p, T square, const V (&d)[6], V& plus, V& minus) {
        column_pair(
            p, square, [&](std::size_t i, std::size_t) STRATA_INLINE_CALL -> const V& { return d[i]; }, 0, plus, minus);
    }
    /// As `pair` for column j; reads rows 1 to 4 of the column only.
    template <class V, class T, class At>
    static STRATA_INLINE void column_pair(T p, T square, At at, std::size_t j, V& plus, V& minus) {
        const V d1 = at(1, j), d2 = at(2, j), d3 = at(3, j), d4 = at(4, j);
        const V even = multiply_add(V(square), d2, d4), odd = multiply_add(V(square), d1, d3);
        plus = multiply_add(V(p), odd, even);
        minus = multiply_add(V(-p), odd, even);
    }
};

/// Positions of a transformed tile: one matrix product each.
constexpr std::size_t winograd_positions(std::size_t m) { return (m + 2) * (m + 2); }

/// t (positions, channels rounded up to whole vectors) = the input transform of a tile x of (M + 2)^2 pixels. Positions
/// of t lie pos_step elements apart. Whole vectors of t are written; of x only `channels` are read per pixel.
template <std::size_t M, class T>
STRATA_NOINLINE void winograd_input(const T* x, std::size_t row_step, std::size_t pixel_step, std::size_t channels,
                                    T* t, std::size_t pos_step) {
    constexpr std::size_t A = M + 2, L = lanes<T>;
    using transform = winograd_transform<M>;
    for (std::size_t c = 0; c < channels; c += L, x += L, t += L) {
        const std::size_t n = std::min(L, channels - c);
        const auto across = [&](std::size_t i, const simd<T>(&row)[A]) STRATA_INLINE_CALL {
            simd<T> r[A];
            transform::input(row, r);
            STRATA_UNROLL
            for (std::size_t j = 0; j < A; ++j) store<T>(t + (i * A + j) * pos_step, r[j]);
        };
        if (n == L)
            transform::template input_columns<simd<T>>(
                [&](std::size_t i, std::size_t j)
                    STRATA_INLINE_CALL { return load(x + i * row_step + j * pixel_step); },
                across);
        else
            transform::template input_columns<simd<T>>(
                [&](std::size_t i, std::size_t j)
                    STRATA_INLINE_CALL { return load_partial(x + i * row_step + j * pixel_step, n); },
                across);
    }
}

/// The pixels of an output tile: `rows` by `columns`, at most M by M. Rows lie row_step elements apart, pixels of a row
/// pixel_step.
struct winograd_pixels {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 0;
    std::size_t row_step = 0;
    std::size_t pixel_step = 0;
};

/// y (rows, columns, channels) = activation(output transform of m (positions, channels rounded up to whole vectors) +
/// bias). The matrices of m lie pos_step elements apart. Whole vectors of m are read; of y only `channels` are written
/// per pixel. bias is padded to whole vectors and may be null.
template <std::size_t M, class Activation, class T>
STRATA_NOINLINE void winograd_output(const T* m, std::size_t pos_step, const T* bias, T* y,
                                     const winograd_pixels& pixels) {
    const auto [rows, columns, channels, row_step, pixel_step] = pixels;
    constexpr std::size_t A = M + 2, L = lanes<T>;
    using transform = winograd_transform<M>;
    for (std::size_t c = 0; c < channels; c += L, m += L, y += L) {
        const std::size_t n = std::min(L, channels - c);
        simd<T> half[A][M];
        STRATA_UNROLL
        for (std::size_t j = 0; j < A; ++j) {
            simd<T> d[A];
            STRATA_UNROLL
            for (std::size_t i = 0; i < A; ++i) d[i] = load(m + (i * A + j) * pos_step);
            transform::output(d, half[j]);
        }
        const simd<T> offset = bias != nullptr ? load(bias + c) : broadcast(T(0));
        const bool whole = n == L && columns == M;
        STRATA_UNROLL
        for (std::size_t i = 0; i < M; ++i) {
            simd<T> d[A], r[M];
            STRATA_UNROLL
            for (std::size_t j = 0; j < A; ++j) d[j] = half[j][i];
            transform::output(d, r);
            STRATA_UNROLL
            for (std::size_t j = 0; j < M; ++j) {
                T* pixel = y + i * row_step + j * pixel_step;
                if (whole && i < rows) store<T>(pixel, Activation::apply(r[j] + offset));
                else if (i < rows && j < columns) store_partial<T>(pixel, Activation::apply(r[j] + offset), n);
            }
        }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
