// channels: what is done to each channel of rows of channels by itself: scale and shift, sums over all rows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// How rows of C channels are gone through: few channels do not fill vectors, and few vectors of sums wait for each
/// other, so that `group` rows are one wide row of whole vectors, at least eight.
template <std::size_t C, class T>
struct wide_row {
    static constexpr std::size_t group = [] {
        constexpr std::size_t L = lanes<T>, whole = L / std::gcd(C, L);
        return C >= 8 * L ? std::size_t{1} : whole * ((8 * L + C * whole - 1) / (C * whole));
    }();
    static constexpr std::size_t width = C * group;
};

/// All lanes of a vector, where that is known.
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

/// Calls visit(element, place in the wide row, lanes) for the vectors of rows of C channels.
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

/// A value for each of C channels, repeated to a wide row where there are rows for it.
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
    STRATA_INLINE simd<T> at(std::size_t place, Lanes n) const {
        return load_lanes(values_ + place, n);
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

/// y (rows, C) = Function(x scale + shift), scale and shift one for each channel; y may be x.
template <class Function, std::size_t C, class T>
constexpr void scale_channels(std::size_t rows, const T* x, const T* scale, const T* shift, T* y) {
    if (std::is_constant_evaluated())
        for (std::size_t i = 0; i < rows * C; ++i) y[i] = Function::apply(x[i] * scale[i % C] + shift[i % C]);
    else scale_channels_vectorised<Function, C>(rows, x, scale, shift, y);
}

/// sums[k][c] = the sum over all rows of the k-th of what term(element, place in the wide row, lanes) gives; each order
/// of additions depends on `rows` alone.
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
        for (std::size_t k = 0; k < K; ++k)
            store_lanes<T>(into[k] + j, load_lanes(static_cast<const T*>(into[k] + j), n) + terms[k], n);
    });
    if constexpr (wide::group > 1)
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t c = 0; c < C; ++c) {
                T sum = into[k][c];
                for (std::size_t g = 1; g < wide::group; ++g) sum += into[k][g * C + c];
                sums[k][c] = sum;
            }
}

/// mean (C) and squares (C), the sum of (x - mean)^2, of x (rows, C): about its own mean, so that neither cancels.
template <std::size_t C, class T>
void channel_moments(std::size_t rows, const T* x, T* mean, T* squares) {
    channel_sums<C, 1>(rows, std::array{mean},
                       [&](std::size_t i, std::size_t, auto n) { return std::array{load_lanes(x + i, n)}; });
    for (std::size_t c = 0; c < C; ++c) mean[c] /= static_cast<T>(rows);
    const per_channel<C, T> means(mean, rows);
    channel_sums<C, 1>(rows, std::array{squares}, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> away = load_lanes(x + i, n) - means.at(j, n);
        return std::array{away * away};
    });
}

/// sum (C) of dy (rows, C), and product (C), the sum of dy (x - mean).
template <std::size_t C, class T>
void channel_gradients(std::size_t rows, const T* x, const T* dy, const T* mean, T* sum, T* product) {
    const per_channel<C, T> means(mean, rows);
    channel_sums<C, 2>(rows, std::array{sum, product}, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> d = load_lanes(dy + i, n);
        return std::array{d, d * (load_lanes(x + i, n) - means.at(j, n))};
    });
}

/// dx (rows, C) = a dy + b (x - mean) + c, all one for each channel. dx may be dy.
template <std::size_t C, class T>
void channel_data_gradient(std::size_t rows, const T* x, const T* dy, const T* mean, const T* a, const T* b, const T* c,
                           T* dx) {
    const per_channel<C, T> means(mean, rows), as(a, rows), bs(b, rows), cs(c, rows);
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        const simd<T> away = load_lanes(x + i, n) - means.at(j, n);
        const simd<T> statistics = multiply_add(bs.at(j, n), away, cs.at(j, n));
        store_lanes<T>(dx + i, multiply_add(as.at(j, n), load_lanes(dy + i, n), statistics), n);
    });
}

/// dx (rows, C) = a dy, a one for each channel. dx may be dy.
template <std::size_t C, class T>
void scale_channel_gradients(std::size_t rows, const T* dy, const T* a, T* dx) {
    const per_channel<C, T> as(a, rows);
    for_each_vector<C, T>(rows, [&](std::size_t i, std::size_t j, auto n) {
        store_lanes<T>(dx + i, as.at(j, n) * load_lanes(dy + i, n), n);
    });
}

/// Moments of `samples` parts that have `rows` rows each, put together in their order, for channels begin to end: mean
/// and squares, whose parts lie `stride` apart. squares may be null: parts of one row have none.
template <class T>
void combine_moments(std::size_t samples, std::size_t stride, std::size_t rows, const T* means, const T* squares,
                     std::size_t begin, std::size_t end, T* mean, T* square) {
    constexpr std::size_t L = lanes<T>;
    const simd<T> count = broadcast(static_cast<T>(rows));
    for (std::size_t c = begin; c < end; c += L) {
        const std::size_t n = std::min(L, end - c);
        simd<T> sum = broadcast(T(0)), total = broadcast(T(0));
        for (std::size_t s = 0; s < samples; ++s) sum = sum + load_partial(means + s * stride + c, n);
        sum = sum / broadcast(static_cast<T>(samples));
        for (std::size_t s = 0; s < samples; ++s) {
            const simd<T> away = load_partial(means + s * stride + c, n) - sum;
            total = multiply_add(count * away, away, total);
            if (squares != nullptr) total = total + load_partial(squares + s * stride + c, n);
        }
        store_partial<T>(mean + c, sum, n);
        store_partial<T>(square + c, total, n);
    }
}

/// The sums of `samples` parts in their order, for channels begin to end; parts lie `stride` apart.
template <class T>
void combine_sums(std::size_t samples, std::size_t stride, const T* parts, std::size_t begin, std::size_t end, T* sum) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t c = begin; c < end; c += L) {
        const std::size_t n = std::min(L, end - c);
        simd<T> total = broadcast(T(0));
        for (std::size_t s = 0; s < samples; ++s) total = total + load_partial(parts + s * stride + c, n);
        store_partial<T>(sum + c, total, n);
    }
}

/// The same of parts of one row: sums of dy, and of dy (x - mean).
template <class T>
void combine_row_gradients(std::size_t samples, std::size_t stride, const T* x, const T* dy, const T* mean,
                           std::size_t begin, std::size_t end, T* sum, T* product) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t c = begin; c < end; c += L) {
        const std::size_t n = std::min(L, end - c);
        const simd<T> center = load_partial(mean + c, n);
        simd<T> total = broadcast(T(0)), weighted = broadcast(T(0));
        for (std::size_t s = 0; s < samples; ++s) {
            const simd<T> d = load_partial(dy + s * stride + c, n);
            total = total + d;
            weighted = multiply_add(d, load_partial(x + s * stride + c, n) - center, weighted);
        }
        store_partial<T>(sum + c, total, n);
        store_partial<T>(product + c, weighted, n);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
