// channels: scale, shift and sums of each channel of a matrix (rows, channels), vectorised over channels.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The number of rows that a loop over (rows, C) processes at once. With fewer than eight vectors of channels, lanes
/// would be empty and the additions of consecutive rows would depend on each other. So `group` consecutive rows form
/// one wide row of whole vectors, at least eight of them.
template <std::size_t C, class T>
struct wide_row {
    static constexpr std::size_t group = [] {
        constexpr std::size_t L = lanes<T>, whole = L / std::gcd(C, L);
        return C >= 8 * L ? std::size_t{1} : whole * ((8 * L + C * whole - 1) / (C * whole));
    }();
    static constexpr std::size_t width = C * group;
};

/// Stands for the number of lanes where a whole vector is loaded or stored.
struct all_lanes {};

template <class T>
STRATA_INLINE simd<T> load_lanes(const T* p, all_lanes) {
    return load(p);
}
template <class T>
STRATA_INLINE simd<T> load_lanes(const T* p, std::size_t n) {
    return load_partial(p, n);
}
template <class T>
STRATA_INLINE void store_lanes(T* p, simd<T> v, all_lanes) {
    store<T>(p, v);
}
template <class T>
STRATA_INLINE void store_lanes(T* p, simd<T> v, std::size_t n) {
    store_partial<T>(p, v, n);
}

/// Calls visit(element, column of the wide row, lanes) for each vector of a matrix (rows, C).
template <std::size_t C, class T, class Visit>
STRATA_INLINE void for_each_vector(std::size_t rows, Visit visit) {
    using wide = wide_row<C, T>;
    constexpr std::size_t L = lanes<T>;
    std::size_t r = 0;
    if constexpr (wide::group > 1)
        for (const std::size_t end = rows - rows % wide::group; r < end; r += wide::group)
            for (std::size_t j = 0; j < wide::width; j += L) visit(r * C + j, j, all_lanes{});
    for (; r < rows; ++r) {
        std::size_t j = 0;
        for (; j + L <= C; j += L) visit(r * C + j, j, all_lanes{});
        if constexpr (C % L != 0) visit(r * C + j, j, C - j);
    }
}

/// A value for each of C channels, repeated `group` times where the matrix has at least one wide row.
template <std::size_t C, class T>
class per_channel {
public:
    per_channel(const T* values, std::size_t rows) : values_(values) {
        if constexpr (wide_row<C, T>::group > 1) {
            if (rows < wide_row<C, T>::group) return;
            for (std::size_t g = 0; g < wide_row<C, T>::group; ++g) std::copy_n(values, C, wide_.data() + g * C);
            values_ = wide_.data();
        }
    }
    per_channel(const per_channel&) = delete;
    per_channel& operator=(const per_channel&) = delete;

    template <class Lanes>
    STRATA_INLINE simd<T> at(std::size_t column, Lanes n) const {
        return load_lanes(values_ + column, n);
    }

private:
    const T* values_;
    std::array<T, (wide_row<C, T>::group > 1 ? wide_row<C, T>::width : 1)> wide_;
};

template <class Function, std::size_t C, class T>
void scale_channels_vectorised(std::size_t rows, const T* x, const T* scale, const T* shift, T* y) {
    const per_channel<C, T> scales(scale, rows), shifts(shift, rows);
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        store_lanes<T>(y + i, Function::apply(multiply_add(load_lanes(x + i, n), scales.at(j, n), shifts.at(j, n))), n);
    });
}

/// y (rows, C) = Function(x scale + shift); scale and shift hold C values. y may be x. The tail is loaded and stored in
/// part.
template <class Function, std::size_t C, class T>
constexpr void scale_channels(std::size_t rows, const T* x, const T* scale, const T* shift, T* y) {
    if (std::is_constant_evaluated())
        for (std::size_t i = 0; i < rows * C; ++i) y[i] = Function::apply(x[i] * scale[i % C] + shift[i % C]);
    else scale_channels_vectorised<Function, C>(rows, x, scale, shift, y);
}

/// sums[k][c] = the sum over the rows of element k of term(element, column of the wide row, lanes), an array of K
/// vectors. The order of the additions depends on `rows` alone.
template <std::size_t C, std::size_t K, class T, class Term>
void channel_sums(std::size_t rows, const std::array<T*, K>& sums, Term term) {
    using wide = wide_row<C, T>;
    std::array<T, (wide::group > 1 ? K * wide::width : 1)> lane_sums;
    std::array<T*, K> into = sums;
    if constexpr (wide::group > 1) {
        lane_sums.fill(T(0));
        for (std::size_t k = 0; k < K; ++k) into[k] = lane_sums.data() + k * wide::width;
    } else {
        for (T* sum : into) std::fill_n(sum, C, T(0));
    }
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        const std::array<simd<T>, K> terms = term(i, j, n);
        for (std::size_t k = 0; k < K; ++k) store_lanes<T>(into[k] + j, load_lanes(into[k] + j, n) + terms[k], n);
    });
    if constexpr (wide::group > 1)
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t c = 0; c < C; ++c) {
                T sum = into[k][c];
                for (std::size_t g = 1; g < wide::group; ++g) sum += into[k][g * C + c];
                sums[k][c] = sum;
            }
}

/// Moments of x (rows, C): mean (C), and squares (C), the sum of (x - mean)^2. A second pass subtracts the mean first,
/// so that the squares do not cancel.
template <std::size_t C, class T>
void channel_moments(std::size_t rows, const T* x, T* mean, T* squares) {
    channel_sums<C, 1>(rows, std::array{mean},
                       [&](std::size_t i, std::size_t, auto n) { return std::array{load_lanes(x + i, n)}; });
    for (std::size_t c = 0; c < C; ++c) mean[c] /= static_cast<T>(rows);
    const per_channel<C, T> means(mean, rows);
    channel_sums<C, 1>(rows, std::array{squares}, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> deviation = load_lanes(x + i, n) - means.at(j, n);
        return std::array{deviation * deviation};
    });
}

/// Sums over the rows of x and dy (rows, C): sum (C) of dy, product (C) of dy (x - mean).
template <std::size_t C, class T>
void channel_gradients(std::size_t rows, const T* x, const T* dy, const T* mean, T* sum, T* product) {
    const per_channel<C, T> means(mean, rows);
    channel_sums<C, 2>(rows, std::array{sum, product}, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> d = load_lanes(dy + i, n);
        return std::array{d, d * (load_lanes(x + i, n) - means.at(j, n))};
    });
}

/// The factors of channel_data_gradient, C values each.
template <class T>
struct channel_factors {
    const T* mean = nullptr;
    const T* a = nullptr;
    const T* b = nullptr;
    const T* c = nullptr;
};

/// dx (rows, C) = a dy + b (x - mean) + c with the factors of each channel. dx may be dy.
template <std::size_t C, class T>
void channel_data_gradient(std::size_t rows, const T* x, const T* dy, const channel_factors<T>& f, T* dx) {
    const per_channel<C, T> means(f.mean, rows), as(f.a, rows), bs(f.b, rows), cs(f.c, rows);
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> deviation = load_lanes(x + i, n) - means.at(j, n);
        const simd<T> statistics = multiply_add(bs.at(j, n), deviation, cs.at(j, n));
        store_lanes<T>(dx + i, multiply_add(as.at(j, n), load_lanes(dy + i, n), statistics), n);
    });
}

/// dx (rows, C) = a dy; a holds C values. dx may be dy.
template <std::size_t C, class T>
void scale_channel_gradients(std::size_t rows, const T* dy, const T* a, T* dx) {
    const per_channel<C, T> as(a, rows);
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        store_lanes<T>(dx + i, as.at(j, n) * load_lanes(dy + i, n), n);
    });
}

/// `count` rows of per-channel values, `stride` elements apart: one row for each sample of a batch.
struct sample_rows {
    std::size_t count = 0;
    std::size_t stride = 0;
};

/// Mean and sum of squared deviations over a batch, from those of its samples, for a range of channels. Each sample has
/// `rows` rows of its own. `squares` may be null: a sample of one row has no deviation. Samples are added in order.
template <class T>
void combine_moments(const sample_rows& samples, std::size_t rows, const T* means, const T* squares,
                     item_range channels, T* mean, T* square) {
    constexpr std::size_t L = lanes<T>;
    const auto [count, stride] = samples;
    const simd<T> row_count = broadcast(static_cast<T>(rows));
    for (std::size_t c = channels.begin; c < channels.end; c += L) {
        const std::size_t n = std::min(L, channels.end - c);
        simd<T> sum = broadcast(T(0)), total = broadcast(T(0));
        for (std::size_t s = 0; s < count; ++s) sum = sum + load_partial(means + s * stride + c, n);
        sum = sum / broadcast(static_cast<T>(count));
        for (std::size_t s = 0; s < count; ++s) {
            const simd<T> deviation = load_partial(means + s * stride + c, n) - sum;
            total = multiply_add(row_count * deviation, deviation, total);
            if (squares != nullptr) total = total + load_partial(squares + s * stride + c, n);
        }
        store_partial<T>(mean + c, sum, n);
        store_partial<T>(square + c, total, n);
    }
}

/// sum = the sum over the samples of `values`, for a range of channels. Samples are added in order.
template <class T>
void combine_sums(const sample_rows& samples, const T* values, item_range channels, T* sum) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t c = channels.begin; c < channels.end; c += L) {
        const std::size_t n = std::min(L, channels.end - c);
        simd<T> total = broadcast(T(0));
        for (std::size_t s = 0; s < samples.count; ++s)
            total = total + load_partial(values + s * samples.stride + c, n);
        store_partial<T>(sum + c, total, n);
    }
}

/// Sums over samples of one row each: sum of dy, product of dy (x - mean), for a range of channels.
template <class T>
void combine_row_gradients(const sample_rows& samples, const T* x, const T* dy, const T* mean, item_range channels,
                           T* sum, T* product) {
    constexpr std::size_t L = lanes<T>;
    const auto [count, stride] = samples;
    for (std::size_t c = channels.begin; c < channels.end; c += L) {
        const std::size_t n = std::min(L, channels.end - c);
        const simd<T> center = load_partial(mean + c, n);
        simd<T> total = broadcast(T(0)), weighted = broadcast(T(0));
        for (std::size_t s = 0; s < count; ++s) {
            const simd<T> d = load_partial(dy + s * stride + c, n);
            total = total + d;
            weighted = multiply_add(d, load_partial(x + s * stride + c, n) - center, weighted);
        }
        store_partial<T>(sum + c, total, n);
        store_partial<T>(product + c, weighted, n);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
