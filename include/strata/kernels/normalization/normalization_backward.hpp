// normalization_backward: the gradients of normalizations of rows and of groups of channels.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/gemm/gradient_arguments.hpp>
#include <strata/kernels/normalization/normalization.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// dx (rows, n) of y = normalize_rows(x), with the moments that it wrote. gamma may be null. dx may be dy. With u = (x
/// - mean) scale and g = dy gamma: dx = scale (g - mean(g) - u mean(g u)). The term mean(g) exists only for
/// row_norm::layer; row_norm::unit has a sum in place of mean(g u).
template <row_norm Kind, class T>
void normalize_rows_gradient(std::size_t rows, std::size_t n, const T* x, const normalization_parameters<T>& p,
                             const T* moments, const T* dy, T* dx) {
    const T* gamma = p.gamma;
    const T epsilon = p.epsilon;
    constexpr std::size_t L = lanes<T>;
    for (std::size_t r = 0; r < rows; ++r, x += n, dy += n, dx += n, moments += 2) {
        const simd<T> mean = broadcast(moments[0]), scale = broadcast(moments[1]);
        const auto scaled_dy = [=](std::size_t i, std::size_t count) {
            const simd<T> g = load_partial(dy + i, count);
            return gamma != nullptr ? g * load_partial(gamma + i, count) : g;
        };
        const auto normalized = [=](std::size_t i, std::size_t count) {
            return (load_partial(x + i, count) - mean) * scale;
        };
        T mean_g = T(0);
        if constexpr (Kind == row_norm::layer) mean_g = row_total<T>(n, scaled_dy) / static_cast<T>(n);
        T mean_gu = row_total<T>(n, [=](std::size_t i, std::size_t k) { return scaled_dy(i, k) * normalized(i, k); });
        if constexpr (Kind != row_norm::unit) mean_gu /= static_cast<T>(n);
        else if (moments[1] >= T(1) / epsilon) mean_gu = T(0);  // a row of length 0: its scale is constant
        for (std::size_t i = 0; i < n; i += L) {
            const std::size_t k = std::min(L, n - i);
            const simd<T> value = scaled_dy(i, k) - broadcast(mean_g) - normalized(i, k) * broadcast(mean_gu);
            store_partial<T>(dx + i, scale * value, k);
        }
    }
}

/// dgamma (n) = or += the sum over rows of dy (x - mean) scale; this thread's share of the columns. Rows are added in
/// order.
template <class T>
void row_gamma_gradient(std::size_t rows, std::size_t n, const T* x, const T* moments, const T* dy,
                        gradient_sum<T> dgamma, thread_slice part) {
    constexpr std::size_t L = lanes<T>;
    const item_range mine = part.of(n, L);
    for (std::size_t c = mine.begin; c < mine.end; c += L) {
        const std::size_t k = std::min(L, n - c);
        simd<T> sum = dgamma.overwrite ? broadcast(T(0)) : load_partial(dgamma.values + c, k);
        for (std::size_t r = 0; r < rows; ++r) {
            const simd<T> normalized =
                (load_partial(x + r * n + c, k) - broadcast(moments[2 * r])) * broadcast(moments[2 * r + 1]);
            sum = multiply_add(load_partial(dy + r * n + c, k), normalized, sum);
        }
        store_partial<T>(dgamma.values + c, sum, k);
    }
}

/// dbeta (n) = or += the sum over rows of dy (rows, n); this thread's share of the columns. `first`: it is overwritten.
template <class T>
void column_sums(std::size_t rows, std::size_t n, const T* dy, T* dbeta, bool first, thread_slice part) {
    constexpr std::size_t L = lanes<T>;
    const item_range mine = part.of(n, L);
    for (std::size_t c = mine.begin; c < mine.end; c += L) {
        const std::size_t k = std::min(L, n - c);
        simd<T> sum = first ? broadcast(T(0)) : load_partial(dbeta + c, k);
        for (std::size_t r = 0; r < rows; ++r) sum = sum + load_partial(dy + r * n + c, k);
        store_partial<T>(dbeta + c, sum, k);
    }
}

/// means and scales (channels) = the moments (groups, 2) of each channel's group.
template <class T>
void broadcast_moments(const group_geometry& g, const T* moments, T* means, T* scales) {
    const std::size_t size = g.channels / g.groups;
    for (std::size_t group = 0; group < g.groups; ++group) {
        std::fill_n(means + group * size, size, moments[2 * group]);
        std::fill_n(scales + group * size, size, moments[2 * group + 1]);
    }
}

/// dx of one sample of normalize_groups: the formula of normalize_rows_gradient for row_norm::layer, with means over a
/// group. gamma may be null. dx may be dy. scratch holds 4 channels elements.
template <class T>
void normalize_groups_gradient(const group_geometry& g, const T* x, const T* gamma, const T* moments, const T* dy,
                               T* dx, T* scratch) {
    constexpr std::size_t L = lanes<T>;
    T *means = scratch, *scales = means + g.channels, *g_sums = scales + g.channels, *gu_sums = g_sums + g.channels;
    broadcast_moments(g, moments, means, scales);
    const T count = static_cast<T>(g.size() / g.groups);
    const auto at = [](const T* values, std::size_t c, std::size_t n) { return load_partial(values + c, n); };
    for (std::size_t c = 0; c < g.channels; c += L) {
        const std::size_t n = std::min(L, g.channels - c);
        const simd<T> mean = at(means, c, n), scale = at(scales, c, n);
        const simd<T> factor = gamma != nullptr ? at(gamma, c, n) : broadcast(T(1));
        const auto sums = column_total<T>(g.rows, g.channels, c,
                                          [=](std::size_t i, std::size_t k) { return load_partial(dy + i, k); });
        const auto products = column_total<T>(g.rows, g.channels, c, [=](std::size_t i, std::size_t k) {
            return load_partial(dy + i, k) * (load_partial(x + i, k) - mean);
        });
        store_partial<T>(g_sums + c, factor * sums, n);
        store_partial<T>(gu_sums + c, factor * products * scale, n);
    }
    const auto mean_of = [=](std::size_t, T sum) { return sum / count; };
    for_each_group(g, g_sums, mean_of);
    for_each_group(g, gu_sums, mean_of);
    for (std::size_t c = 0; c < g.channels; c += L) {
        const std::size_t n = std::min(L, g.channels - c);
        const simd<T> mean = at(means, c, n), scale = at(scales, c, n), mean_g = at(g_sums, c, n);
        const simd<T> mean_gu = at(gu_sums, c, n) * scale;
        const simd<T> factor = gamma != nullptr ? at(gamma, c, n) : broadcast(T(1));
        for (std::size_t i = c; i < g.size(); i += g.channels) {
            const simd<T> value = load_partial(dy + i, n) * factor - mean_g - (load_partial(x + i, n) - mean) * mean_gu;
            store_partial<T>(dx + i, scale * value, n);
        }
    }
}

/// dgamma (channels) = or += the sum over samples and rows of dy (x - mean) scale; this thread's share of the channels.
/// The moments of samples lie `step` elements apart. scratch holds 2 channels elements.
template <class T>
void group_gamma_gradient(const group_geometry& g, const gradient_samples<T>& samples, const T* moments,
                          std::size_t step, gradient_sum<T> dgamma, thread_slice part, T* scratch) {
    constexpr std::size_t L = lanes<T>;
    const item_range mine = part.of(g.channels, L);
    if (dgamma.overwrite) std::fill(dgamma.values + mine.begin, dgamma.values + mine.end, T(0));
    T *means = scratch, *scales = means + g.channels;
    const T *x = samples.x, *dy = samples.dy;
    for (std::size_t s = 0; s < samples.count; ++s, x += samples.x_step, dy += samples.dy_step, moments += step) {
        broadcast_moments(g, moments, means, scales);
        for (std::size_t c = mine.begin; c < mine.end; c += L) {
            const std::size_t n = std::min(L, g.channels - c);
            const simd<T> mean = load_partial(means + c, n);
            const simd<T> scale = load_partial(scales + c, n);
            const auto products = column_total<T>(g.rows, g.channels, c, [=](std::size_t i, std::size_t k) {
                return load_partial(dy + i, k) * (load_partial(x + i, k) - mean);
            });
            const simd<T> before = load_partial(dgamma.values + c, n);
            store_partial<T>(dgamma.values + c, multiply_add(products, scale, before), n);
        }
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
