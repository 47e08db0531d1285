// reference_normalization: plain loops for normalizations, and the types that they share with the kernels.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The normalization of a row. layer: by its mean and variance. rms: by its mean square. unit: by its length.
enum class row_norm { layer, rms, unit };

/// A row is normalized to (x - mean) scale.
template <class T>
struct row_moments {
    T mean{};
    T scale{};
};

/// Scale gamma, offset beta and epsilon of a normalization. gamma and beta may be null.
template <class T>
struct normalization_parameters {
    const T* gamma = nullptr;
    const T* beta = nullptr;
    T epsilon{};
};

/// The smallest deviation that standardize_columns divides by, as in Keras.
inline constexpr double smallest_deviation = 1e-7;

/// A sample (rows, channels) whose channels are split into `groups` groups of consecutive channels.
struct group_geometry {
    std::size_t rows = 1;
    std::size_t channels = 1;
    std::size_t groups = 1;

    constexpr std::size_t size() const { return rows * channels; }
};

/// A normalization by a window of `size` channels around each one. Of an even size one channel more follows than
/// precedes.
struct local_response {
    std::size_t size = 5;
    double alpha = 1e-4, beta = 0.75, bias = 1.0;

    constexpr std::size_t before() const { return (size - 1) / 2; }
    constexpr std::size_t after() const { return size / 2; }
};

/// x^-Exponent for x > 0. The exponent 0.75, which most nets have, needs no logarithm.
template <double Exponent, class V>
STRATA_INLINE constexpr V negative_power(V x) {
    if constexpr (Exponent == 0.75) {
        const V root = V(scalar_of<V>(1.0)) / V(square_root(x));
        return root * square_root(root);
    } else {
        return exp(V(log(x)) * V(scalar_of<V>(-Exponent)));
    }
}

/// The scale of a row of n values. `squares` is the sum of their squares, after the mean was subtracted.
template <row_norm Kind, class T>
constexpr T row_scale(T squares, std::size_t n, T epsilon) {
    if constexpr (Kind == row_norm::unit) {
        const T length = square_root(squares);
        return length > epsilon ? T(1) / length : length == length ? T(1) / epsilon : length;
    } else {
        return T(1) / square_root(squares / static_cast<T>(n) + epsilon);
    }
}

namespace reference {

/// y (rows, channels), as kernels::normalize_local_response.
template <local_response R, class T>
constexpr void normalize_local_response(std::size_t rows, std::size_t channels, const T* x, T* y) {
    for (std::size_t r = 0; r < rows; ++r, x += channels, y += channels)
        for (std::size_t c = 0; c < channels; ++c) {
            T sum = T(0);
            for (std::size_t k = c < R.before() ? R.before() - c : 0; k < R.size && c + k - R.before() < channels; ++k)
                sum += x[c + k - R.before()] * x[c + k - R.before()];
            y[c] = x[c] * negative_power<R.beta>(static_cast<T>(R.bias) +
                                                 static_cast<T>(R.alpha / static_cast<double>(R.size)) * sum);
        }
}

/// y (rows, n), as kernels::normalize_rows. moments may be null.
template <row_norm Kind, class T>
constexpr void normalize_rows(std::size_t rows, std::size_t n, const T* x, const normalization_parameters<T>& p, T* y,
                              T* moments) {
    for (std::size_t r = 0; r < rows; ++r, x += n, y += n) {
        T mean = T(0), squares = T(0);
        if (Kind == row_norm::layer) {
            for (std::size_t i = 0; i < n; ++i) mean += x[i];
            mean /= static_cast<T>(n);
        }
        for (std::size_t i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
        const T scale = row_scale<Kind>(squares, n, p.epsilon);
        for (std::size_t i = 0; i < n; ++i)
            y[i] = (x[i] - mean) * scale * (p.gamma != nullptr ? p.gamma[i] : T(1)) +
                   (p.beta != nullptr ? p.beta[i] : T(0));
        if (moments != nullptr) *moments++ = mean, *moments++ = scale;
    }
}

/// Calls use(index, channel) for each value of a group.
template <class Use>
constexpr void for_each_of_group(const group_geometry& g, std::size_t group, Use use) {
    const std::size_t size = g.channels / g.groups;
    for (std::size_t r = 0; r < g.rows; ++r)
        for (std::size_t c = group * size; c < (group + 1) * size; ++c) use(r * g.channels + c, c);
}

/// y of one sample, as kernels::normalize_groups. moments may be null.
template <class T>
constexpr void normalize_groups(const group_geometry& g, const T* x, const normalization_parameters<T>& p, T* y,
                                T* moments) {
    const T count = static_cast<T>(g.size() / g.groups);
    for (std::size_t group = 0; group < g.groups; ++group) {
        T mean = T(0), squares = T(0);
        for_each_of_group(g, group, [&](std::size_t i, std::size_t) { mean += x[i] / count; });
        for_each_of_group(g, group, [&](std::size_t i, std::size_t) { squares += (x[i] - mean) * (x[i] - mean); });
        const T scale = T(1) / square_root(squares / count + p.epsilon);
        for_each_of_group(g, group, [&](std::size_t i, std::size_t c) {
            y[i] = (x[i] - mean) * scale * (p.gamma != nullptr ? p.gamma[c] : T(1)) +
                   (p.beta != nullptr ? p.beta[c] : T(0));
        });
        if (moments != nullptr) *moments++ = mean, *moments++ = scale;
    }
}

/// y (rows, n) = (x - mean) / max(sqrt(variance), 1e-7); mean may be null.
template <class T>
constexpr void standardize_columns(std::size_t rows, std::size_t n, const T* x, const T* mean, const T* variance,
                                   T* y) {
    for (std::size_t i = 0; i < rows * n; ++i)
        y[i] = (x[i] - (mean != nullptr ? mean[i % n] : T(0))) /
               max(static_cast<T>(smallest_deviation), square_root(variance[i % n]));
}

}  // namespace reference
}  // namespace strata::inline STRATA_ISA::kernels
