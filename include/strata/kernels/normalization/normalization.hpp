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

/// Mean and scale of a row of n values. The mean is subtracted before squaring, so that the sum of squares does not
/// cancel.
template <row_norm Kind, class T>
row_moments<T> moments_of(std::size_t n, const T* x, T epsilon) {
    T mean = T(0);
    if constexpr (Kind == row_norm::layer)
        mean = row_total<T>(n, [=](std::size_t i, std::size_t count) { return load_partial(x + i, count); }) /
               static_cast<T>(n);
    const T squares = row_total<T>(n, [=](std::size_t i, std::size_t count) {
        simd<T> value = load_partial(x + i, count);
        if constexpr (Kind == row_norm::layer) {
            value = value - broadcast(mean);
            if (count < lanes<T>) value = value * first_lanes<T>(count);
        }
        return value * value;
    });
    return {.mean = mean, .scale = row_scale<Kind>(squares, n, epsilon)};
}

template <row_norm Kind, class T>
void normalize_rows_vectorised(std::size_t rows, std::size_t n, const T* x, const normalization_parameters<T>& p, T* y,
                               T* moments) {
    const auto [gamma, beta, epsilon] = p;
    constexpr std::size_t L = lanes<T>;
    for (std::size_t r = 0; r < rows; ++r, x += n, y += n) {
        const row_moments<T> m = moments_of<Kind>(n, x, epsilon);
        if (moments != nullptr) *moments++ = m.mean, *moments++ = m.scale;
        const simd<T> mean = broadcast(m.mean), scale = broadcast(m.scale);
        for (std::size_t i = 0; i < n; i += L) {
            const std::size_t count = std::min(L, n - i);
            simd<T> value = (load_partial(x + i, count) - mean) * scale;
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
    T *means = scratch, *scales = scratch + g.channels;
    const T count = static_cast<T>(g.size() / g.groups);
    const auto values = [=](std::size_t i, std::size_t n) { return load_partial(x + i, n); };
    for (std::size_t c = 0; c < g.channels; c += L)
        store_partial<T>(means + c, column_total<T>(g.rows, g.channels, c, values), std::min(L, g.channels - c));
    for_each_group(g, means, [=](std::size_t group, T sum) {
        if (moments != nullptr) moments[2 * group] = sum / count;
        return sum / count;
    });
    for (std::size_t c = 0; c < g.channels; c += L) {
        const std::size_t n = std::min(L, g.channels - c);
        const simd<T> mean = load_partial(means + c, n);
        const auto squares = [=](std::size_t i, std::size_t k) {
            const simd<T> value = load_partial(x + i, k) - mean;
            return value * value;
        };
        store_partial<T>(scales + c, column_total<T>(g.rows, g.channels, c, squares), n);
    }
    for_each_group(g, scales, [=, epsilon = p.epsilon](std::size_t group, T sum) {
        const T scale = T(1) / square_root(sum / count + epsilon);
        if (moments != nullptr) moments[2 * group + 1] = scale;
        return scale;
    });
    for (std::size_t c = 0; c < g.channels; c += L) {
        const std::size_t n = std::min(L, g.channels - c);
        const simd<T> mean = load_partial(means + c, n);
        simd<T> scale = load_partial(scales + c, n);
        if (p.gamma != nullptr) scale = scale * load_partial(p.gamma + c, n);
        const simd<T> shift = p.beta != nullptr ? load_partial(p.beta + c, n) : broadcast(T(0));
        for (std::size_t i = c; i < g.size(); i += g.channels)
            store_partial<T>(y + i, multiply_add(load_partial(x + i, n) - mean, scale, shift), n);
    }
}

/// y (rows, channels) of one sample = (x - mean) scale gamma + beta, with the mean and scale of each group of channels
/// over all rows. gamma and beta hold a value for each channel or are null. `moments` receives the mean and scale of
/// each group (groups, 2), or is null. scratch holds 2 channels elements. y may be x.
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
