// merge: arrays of several shapes merged value by value, with broadcasting; forward and backward.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/merge_layout.hpp>
#include <strata/kernels/simd/arithmetic.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

// Operations on the K operands of one output value. `apply` gives the output, `gradient<I>` the gradient of operand I
// for the output gradient dy. Operands are taken from the first to the last, as Keras does.

struct merge_sum {
    template <class V, std::size_t K>
    static constexpr V apply(const std::array<V, K>& x) {
        V y = x[0];
        for (std::size_t k = 1; k < K; ++k) y = y + x[k];
        return y;
    }
    template <std::size_t I, class V, std::size_t K>
    static constexpr V gradient(const std::array<V, K>&, V dy) {
        return dy;
    }
};
struct merge_difference {
    template <class V>
    static constexpr V apply(const std::array<V, 2>& x) {
        return x[0] - x[1];
    }
    template <std::size_t I, class V>
    static constexpr V gradient(const std::array<V, 2>&, V dy) {
        return I == 0 ? dy : V(0) - dy;
    }
};
struct merge_product {
    template <class V, std::size_t K>
    static constexpr V apply(const std::array<V, K>& x) {
        V y = x[0];
        for (std::size_t k = 1; k < K; ++k) y = y * x[k];
        return y;
    }
    template <std::size_t I, class V, std::size_t K>
    static constexpr V gradient(const std::array<V, K>& x, V dy) {
        for (std::size_t k = 0; k < K; ++k)
            if (k != I) dy = dy * x[k];
        return dy;
    }
};
struct merge_mean {
    template <class V, std::size_t K>
    static constexpr V apply(const std::array<V, K>& x) {
        return merge_sum::apply(x) / V(K);
    }
    template <std::size_t I, class V, std::size_t K>
    static constexpr V gradient(const std::array<V, K>&, V dy) {
        return dy / V(K);
    }
};
/// The largest operand, or the smallest; NaN where one is NaN. Its gradient goes to the first operand that has it.
template <bool IsLargest>
struct merge_extreme {
    template <class V, std::size_t K>
    static constexpr V apply(const std::array<V, K>& x) {
        V y = x[0];
        for (std::size_t k = 1; k < K; ++k) y = IsLargest ? maximum(y, x[k]) : minimum(y, x[k]);
        return y;
    }
    template <std::size_t I, class V, std::size_t K>
    static constexpr V gradient(const std::array<V, K>& x, V dy) {
        for (std::size_t k = 0; k < I; ++k) dy = select(IsLargest ? x[k] < x[I] : x[k] > x[I], dy, V(0));
        for (std::size_t k = I + 1; k < K; ++k) dy = select(IsLargest ? x[k] <= x[I] : x[k] >= x[I], dy, V(0));
        return dy;
    }
};
using merge_maximum = merge_extreme<true>;
using merge_minimum = merge_extreme<false>;

namespace detail {

template <std::size_t K>
inline constexpr std::array<bool, K> no_single{};

/// y = Function(Operation(x...)) for n values, where the tail is loaded and stored in part.
template <class Operation, class Function, const auto& Single, class T, std::size_t K>
STRATA_INLINE void merge_row(std::size_t n, const std::array<const T*, K>& x, T* y) {
    constexpr std::size_t L = lanes<T>;
    using V = simd<T>;
    std::array<V, K> values;
    for (std::size_t k = 0; k < K; ++k)
        if (Single[k]) values[k] = V(*x[k]);
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L) {
        for (std::size_t k = 0; k < K; ++k)
            if (!Single[k]) values[k] = load(x[k] + i);
        store<T>(y + i, Function::apply(Operation::apply(values)));
    }
    if (i < n) {
        for (std::size_t k = 0; k < K; ++k)
            if (!Single[k]) values[k] = load_partial(x[k] + i, n - i);
        store_partial<T>(y + i, Function::apply(Operation::apply(values)), n - i);
    }
}

/// dx (+)= the gradient of operand I for n values, where the tail is loaded and stored in part; where the operand has
/// one value, their sum is added to that.
template <class Operation, std::size_t I, const auto& Single, class T, std::size_t K>
STRATA_INLINE void merge_row_gradient(std::size_t n, const std::array<const T*, K>& x, const T* dy, T* dx, bool adds) {
    constexpr std::size_t L = lanes<T>;
    using V = simd<T>;
    std::array<V, K> values;
    for (std::size_t k = 0; k < K; ++k)
        if (Single[k]) values[k] = V(*x[k]);
    V sum(T(0));
    std::size_t i = 0;
    for (const std::size_t whole = n - n % L; i < whole; i += L) {
        for (std::size_t k = 0; k < K; ++k)
            if (!Single[k]) values[k] = load(x[k] + i);
        const V own = Operation::template gradient<I>(values, load(dy + i));
        if constexpr (Single[I]) sum = sum + own;
        else store<T>(dx + i, adds ? load(static_cast<const T*>(dx) + i) + own : own);
    }
    if (i < n) {
        for (std::size_t k = 0; k < K; ++k)
            if (!Single[k]) values[k] = load_partial(x[k] + i, n - i);
        const V own = Operation::template gradient<I>(values, load_partial(dy + i, n - i));
        if constexpr (Single[I]) {
            T rest[L]{};
            store_partial<T>(rest, own, n - i);
            sum = sum + load(static_cast<const T*>(rest));
        } else {
            store_partial<T>(dx + i, adds ? load_partial(static_cast<const T*>(dx) + i, n - i) + own : own, n - i);
        }
    }
    if constexpr (Single[I]) *dx += lane_sum(sum);
}

template <std::size_t K, class T>
constexpr std::array<const T*, K> moved(const std::array<const T*, K>& x, const std::array<std::size_t, K>& offsets) {
    std::array<const T*, K> result{};
    for (std::size_t k = 0; k < K; ++k) result[k] = x[k] + offsets[k];
    return result;
}

}  // namespace detail

/// Merges operands value by value: y = Function(Operation(x...)). Shapes are those of one sample.
template <class Operation, auto Shapes>
struct merge_values {
    static constexpr std::size_t count = Shapes.size();
    static constexpr merge_layout<count> layout = layout_of(Shapes);
    /// Of one sample, what threads may split: values where all shapes are equal, else rows.
    static constexpr std::size_t units = layout.is_even ? layout.out.size() : layout.rows;

    /// Units `mine` of `samples` that follow each other. y may be an operand that has its shape.
    template <class Function, class T>
    static constexpr void forward(const std::array<const T*, count>& x, T* y, item_range mine) {
        if (std::is_constant_evaluated()) return plain<Function>(x, y, mine);
        if constexpr (layout.is_even) {
            std::array<std::size_t, count> offsets{};
            offsets.fill(mine.begin);
            detail::merge_row<Operation, Function, detail::no_single<count>>(mine.size(), detail::moved(x, offsets),
                                                                             y + mine.begin);
        } else {
            each_row(x, mine, [&](std::size_t row, const std::array<const T*, count>& from) {
                detail::merge_row<Operation, Function, layout.is_single>(layout.columns, from,
                                                                         y + row * layout.columns);
            });
        }
    }
    /// The gradient of operand I for `samples` samples: dx is overwritten, or added to. dx and dy may not overlap.
    template <std::size_t I, class T>
    static void backward(std::size_t samples, const std::array<const T*, count>& x, const T* dy, T* dx, bool adds) {
        if constexpr (layout.is_even) {
            detail::merge_row_gradient<Operation, I, detail::no_single<count>>(samples * layout.out.size(), x, dy, dx,
                                                                               adds);
        } else {
            constexpr bool is_full = layout.sizes[I] == layout.out.size();
            if (!is_full && !adds) std::fill_n(dx, samples * layout.sizes[I], T(0));
            each_row(x, {0, samples * layout.rows}, [&](std::size_t row, const std::array<const T*, count>& from) {
                detail::merge_row_gradient<Operation, I, layout.is_single>(
                    layout.columns, from, dy + row * layout.columns, dx + (from[I] - x[I]), adds || !is_full);
            });
        }
    }

private:
    template <class T, class Visit>
    static constexpr void each_row(const std::array<const T*, count>& x, item_range mine, const Visit& visit) {
        for (std::size_t row = mine.begin; row < mine.end;) {
            const std::size_t sample = row / layout.rows, end = std::min(mine.end, (sample + 1) * layout.rows);
            std::array<std::size_t, count> sample_offsets{};
            for (std::size_t k = 0; k < count; ++k) sample_offsets[k] = sample * layout.sizes[k];
            const auto of_sample = detail::moved(x, sample_offsets);
            for (detail::merge_rows<layout, count> walk(row - sample * layout.rows); row < end; ++row, walk.next())
                visit(row, detail::moved(of_sample, walk.offsets));
        }
    }
    /// In constant evaluation.
    template <class Function, class T>
    static constexpr void plain(const std::array<const T*, count>& x, T* y, item_range mine) {
        if constexpr (layout.is_even) {
            for (std::size_t i = mine.begin; i < mine.end; ++i) {
                std::array<T, count> values{};
                for (std::size_t k = 0; k < count; ++k) values[k] = x[k][i];
                y[i] = Function::apply(Operation::apply(values));
            }
        } else {
            each_row(x, mine, [&](std::size_t row, const std::array<const T*, count>& from) {
                for (std::size_t c = 0; c < layout.columns; ++c) {
                    std::array<T, count> values{};
                    for (std::size_t k = 0; k < count; ++k) values[k] = from[k][layout.is_single[k] ? 0 : c];
                    y[row * layout.columns + c] = Function::apply(Operation::apply(values));
                }
            });
        }
    }
};

/// Joins operands along the last axis: y (rows, the sum of their columns) = Function(x...). Shapes are those of one
/// sample; they differ in the last extent alone.
template <auto Shapes>
struct concatenated_values {
    static constexpr std::size_t count = Shapes.size();
    static constexpr std::size_t columns = [] {
        std::size_t sum = 0;
        for (const shape& each : Shapes) sum += each.back();
        return sum;
    }();
    static constexpr std::size_t units = Shapes[0].rows();

    /// Rows `mine` of samples that follow each other.
    template <class Function, class T>
    static constexpr void forward(const std::array<const T*, count>& x, T* y, item_range mine) {
        for (std::size_t row = mine.begin; row < mine.end; ++row) {
            T* to = y + row * columns;
            for (std::size_t k = 0; k < count; ++k) {
                const std::size_t own = Shapes[k].back();
                const T* from = x[k] + row * own;
                if (std::is_constant_evaluated())
                    for (std::size_t c = 0; c < own; ++c) to[c] = Function::apply(from[c]);
                else
                    detail::merge_row<merge_sum, Function, detail::no_single<1>>(own, std::array<const T*, 1>{from},
                                                                                 to);
                to += own;
            }
        }
    }
    template <std::size_t I, class T>
    static void backward(std::size_t samples, const std::array<const T*, count>&, const T* dy, T* dx, bool adds) {
        constexpr std::size_t own = Shapes[I].back();
        constexpr std::size_t before = [] {
            std::size_t sum = 0;
            for (std::size_t k = 0; k < I; ++k) sum += Shapes[k].back();
            return sum;
        }();
        for (std::size_t row = 0; row < samples * units; ++row) {
            const T* from = dy + row * columns + before;
            detail::merge_row_gradient<merge_sum, 0, detail::no_single<1>>(own, std::array<const T*, 1>{from}, from,
                                                                           dx + row * own, adds);
        }
    }
};

}  // namespace strata::inline STRATA_ISA::kernels
