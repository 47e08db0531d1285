// normalization: layer, RMS, unit and group normalization, and standardization of columns. The folder holds these
// kernels and their gradients.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/reference/reference_normalization.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// 1 in the first n lanes, 0 in the others.
template <class T>
STRATA_INLINE simd<T> first_lanes(std::size_t n) {
    alignas(64) static constexpr auto ones = [] {
        std::array<T, lanes<T>> result{};
        result.fill(T(1));
        return result;
    }();
    return load_partial(ones.data(), n);
}

/// The sum over n values of term(i, count), a vector that starts at value i and is 0 in the lanes after `count`. Four
/// independent sums hide the latency of an addition, four cycles.
template <class T, class Term>
STRATA_INLINE T row_total(std::size_t n, Term term) {
    constexpr std::size_t L = lanes<T>;
    simd<T> sums[4]{broadcast(T(0)), broadcast(T(0)), broadcast(T(0)), broadcast(T(0))};
    std::size_t i = 0;
    for (; i + 4 * L <= n; i += 4 * L)
        for (std::size_t k = 0; k < 4; ++k) sums[k] = sums[k] + term(i + k * L, L);
    for (; i < n; i += L) sums[0] = sums[0] + term(i, std::min(L, n - i));
    return lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/// The sum of the squares of `count` differences from a mean, of their differences from that mean plus `rest`.
/// Unchanged where it is infinite.
template <class T>
constexpr T without_rest(T squares, T count, T rest) {
    const T excess = count * rest * rest;
    return squares - (excess < squares ? excess : T(0));
}

/// Whether values lie so far from 0, for their deviation, that the rounding error of their mean matters: four times
/// their deviation. `squares` is the sum of the squares of `count` differences from the mean.
template <class T>
constexpr bool is_far_from_zero(T mean, T squares, T count) {
    return mean * mean * count > T(16) * squares;
}

/// The moments of a row, and `rest`: mean + rest is the mean to more digits than T has. Zero where Kind has no mean.
template <class T>
struct exact_moments {
    row_moments<T> rounded{};
    T rest{};
};

/// Mean and scale of a row of n values. The mean is subtracted before squaring, so that the sum of squares does not
/// cancel. The mean of the differences is what the rounded mean lacks; values of 1e4 that differ by 1 would be off by a
/// thousandth without it. It is computed only where it matters.
template <row_norm Kind, class T>
exact_moments<T> moments_of(std::size_t n, const T* x, T epsilon) {
    const T count = static_cast<T>(n);
    T mean = T(0), rest = T(0);
    if constexpr (Kind == row_norm::layer)
        mean = row_total<T>(n, [=](std::size_t i, std::size_t k) { return load_partial(x + i, k); }) / count;
    const auto difference = [=](std::size_t i, std::size_t k) STRATA_INLINE_CALL {
        simd<T> value = load_partial(x + i, k);
        if constexpr (Kind == row_norm::layer) {
            value = rounded(value - broadcast(mean));
            if (k < lanes<T>) value = value * first_lanes<T>(k);
        }
        return value;
    };
    T squares = row_total<T>(n, [=](std::size_t i, std::size_t k) {
        const simd<T> value = difference(i, k);
        return value * value;
    });
    if (Kind == row_norm::layer && is_far_from_zero(mean, squares, count)) {
        rest = row_total<T>(n, difference) / count;
        squares = without_rest(squares, count, rest);
    }
    return {.rounded = {.mean = mean, .scale = row_scale<Kind>(squares, n, epsilon)}, .rest = rest};
}

template <row_norm Kind, class T>
void normalize_rows_vectorised(std::size_t rows, std::size_t n, const T* x, const normalization_parameters<T>& p, T* y,
                               T* moments) {
    const auto [gamma, beta, epsilon] = p;
    constexpr std::size_t L = lanes<T>;
    for (std::size_t r = 0; r < rows; ++r, x += n, y += n) {
        const auto [m, rest] = moments_of<Kind>(n, x, epsilon);
        if (moments != nullptr) *moments++ = m.mean, *moments++ = m.scale;
        const simd<T> mean = broadcast(m.mean), scale = broadcast(m.scale), shift = broadcast(-rest * m.scale);
        for (std::size_t i = 0; i < n; i += L) {
            const std::size_t count = std::min(L, n - i);
            simd<T> value = load_partial(x + i, count);
            if constexpr (Kind == row_norm::layer) {
                value = multiply_add(rounded(value - mean), scale, shift);
            } else {
                value = value * scale;
            }
            if (gamma != nullptr) value = value * load_partial(gamma + i, count);
            if (beta != nullptr) value = value + load_partial(beta + i, count);
            store_partial<T>(y + i, value, count);
        }
    }
}

/// y (rows, n) = (x - mean) scale gamma + beta, with the mean and scale of each row that Kind defines. gamma and beta
/// hold n values or are null. `moments` receives the mean and scale of each row (rows, 2), or is null. y may be x.
/// Tails of rows are loaded and stored in part.
template <row_norm Kind, class T>
constexpr void normalize_rows(std::size_t rows, std::size_t n, const T* x, const normalization_parameters<T>& p, T* y,
                              T* moments = nullptr) {
    if (std::is_constant_evaluated()) reference::normalize_rows<Kind>(rows, n, x, p, y, moments);
    else normalize_rows_vectorised<Kind>(rows, n, x, p, y, moments);
}

/// The sum over `rows` of term(element, count) for the vector of columns from c on. Each block of 128 rows has a sum of
/// its own: in one sum over a large map the rounding error would grow.
template <class T, class Term>
STRATA_INLINE simd<T> column_total(std::size_t rows, std::size_t columns, std::size_t c, Term term) {
    const std::size_t count = std::min(lanes<T>, columns - c);
    simd<T> total = broadcast(T(0));
    for (std::size_t begin = 0; begin < rows; begin += 128) {
        simd<T> even = broadcast(T(0)), odd = even;
        const std::size_t end = std::min(begin + 128, rows);
        std::size_t r = begin;
        for (; r + 2 <= end; r += 2) {
            even = even + term(r * columns + c, count);
            odd = odd + term((r + 1) * columns + c, count);
        }
        if (r < end) even = even + term(r * columns + c, count);
        total = total + (even + odd);
    }
    return total;
}

/// Replaces the values (g.channels) of each group by function(group, sum of the group's values).
template <class T, class Function>
STRATA_INLINE void for_each_group(const group_geometry& g, T* values, Function function) {
    const std::size_t size = g.channels / g.groups;
    for (std::size_t group = 0; group < g.groups; ++group, values += size) {
        T sum = T(0);
        for (std::size_t c = 0; c < size; ++c) sum += values[c];
        std::fill_n(values, size, function(group, sum));
    }
}

template <class T>
void normalize_groups_vectorised(const group_geometry& g, const T* x, const normalization_parameters<T>& p, T* y,
                                 T* moments, T* scratch) {
    constexpr std::size_t L = lanes<T>;
    T *means = scratch, *scales = scratch + g.channels, *rests = scratch + 2 * g.channels;
    const std::size_t size = g.channels / g.groups;
    const T count = static_cast<T>(g.size() / g.groups);
    const auto differences = [=](std::size_t c) {
        return [x, mean = load_partial(means + c, std::min(L, g.channels - c))](std::size_t i, std::size_t k)
                   STRATA_INLINE_CALL { return rounded(load_partial(x + i, k) - mean); };
    };
    // Writes the sum over the rows of each channel; of(c) gives the term for the channels from c on.
    const auto write_totals = [=](T* totals, auto of) STRATA_INLINE_CALL {
        for (std::size_t c = 0; c < g.channels; c += L)
            store_partial<T>(totals + c, column_total<T>(g.rows, g.channels, c, of(c)), std::min(L, g.channels - c));
    };
    write_totals(means, [=](std::size_t) {
        return [=](std::size_t i, std::size_t k) STRATA_INLINE_CALL { return load_partial(x + i, k); };
    });
    for_each_group(g, means, [=](std::size_t, T sum) { return sum / count; });
    write_totals(scales, [=](std::size_t c) {
        return [difference = differences(c)](std::size_t i, std::size_t k) STRATA_INLINE_CALL {
            const simd<T> value = difference(i, k);
            return value * value;
        };
    });
    bool is_far = false;
    for_each_group(g, scales, [&](std::size_t group, T sum) {
        is_far = is_far || is_far_from_zero(means[group * size], sum, count);
        return sum;
    });
    if (is_far) {
        write_totals(rests, differences);
        for_each_group(g, rests, [=](std::size_t, T sum) { return sum / count; });
    }
    for (std::size_t group = 0; group < g.groups; ++group) {
        T* own = scales + group * size;
        const T squares = is_far ? without_rest(*own, count, rests[group * size]) : *own;
        const T scale = T(1) / square_root(squares / count + p.epsilon);
        std::fill_n(own, size, scale);
        if (moments != nullptr) *moments++ = means[group * size], *moments++ = scale;
    }
    for (std::size_t c = 0; c < g.channels; c += L) {
        const std::size_t n = std::min(L, g.channels - c);
        const auto difference = differences(c);
        simd<T> scale = load_partial(scales + c, n);
        if (p.gamma != nullptr) scale = scale * load_partial(p.gamma + c, n);
        simd<T> shift = p.beta != nullptr ? load_partial(p.beta + c, n) : broadcast(T(0));
        if (is_far) shift = shift - load_partial(rests + c, n) * scale;
        for (std::size_t i = c; i < g.size(); i += g.channels)
            store_partial<T>(y + i, multiply_add(difference(i, n), scale, shift), n);
    }
}

/// y (rows, channels) of one sample = (x - mean) scale gamma + beta, with the mean and scale of each group of channels
/// over all rows. gamma and beta hold a value for each channel or are null. `moments` receives the mean and scale of
/// each group (groups, 2), or is null. scratch holds 3 channels elements. y may be x.
template <class T>
constexpr void normalize_groups(const group_geometry& g, const T* x, const normalization_parameters<T>& p, T* y,
                                std::type_identity_t<T*> moments, T* scratch) {
    if (std::is_constant_evaluated()) reference::normalize_groups(g, x, p, y, moments);
    else normalize_groups_vectorised(g, x, p, y, moments, scratch);
}

/// y (rows, n) = (x - mean) / max(sqrt(variance), 1e-7), with the mean and variance (n) of each column. With a null
/// mean nothing is subtracted; this is the gradient. y may be x.
template <class T>
void standardize_columns_vectorised(std::size_t rows, std::size_t n, const T* x, const T* mean, const T* variance,
                                    T* y) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t c = 0; c < n; c += L) {
        const std::size_t count = std::min(L, n - c);
        const simd<T> least = broadcast(scalar_of<T>(smallest_deviation));
        const simd<T> scale = broadcast(T(1)) / max(least, square_root(load_partial(variance + c, count)));
        const simd<T> shift = mean != nullptr ? load_partial(mean + c, count) : broadcast(T(0));
        for (std::size_t i = c; i < rows * n; i += n)
            store_partial<T>(y + i, (load_partial(x + i, count) - shift) * scale, count);
    }
}
template <class T>
constexpr void standardize_columns(std::size_t rows, std::size_t n, const T* x, const T* mean, const T* variance,
                                   T* y) {
    if (std::is_constant_evaluated()) reference::standardize_columns(rows, n, x, mean, variance, y);
    else standardize_columns_vectorised(rows, n, x, mean, variance, y);
}

}  // namespace strata::inline STRATA_ISA::kernels
