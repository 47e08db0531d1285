// CategoricalCrossentropy and SparseCategoricalCrossentropy: each row is a distribution over classes, or its logits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/softmax.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// exp(y - shift) as value and as slope: sum_of_terms then gives the sum of a row's exponentials, and writes the
/// exponentials where a gradient is computed.
struct shifted_exponential {
    double shift;

    template <class V>
    term<V> operator()(V y, V) const {
        const V power = kernels::exp(y - constant<V>(shift));
        return {power, power};
    }
};
/// Targets pulled towards the uniform distribution.
struct categorical_smoothing {
    double keep, share;

    template <class V>
    V operator()(V t) const {
        return t * constant<V>(keep) + constant<V>(share);
    }
};
struct smoothed_target {
    categorical_smoothing smoothed;

    template <class V>
    term<V> operator()(V, V t) const {
        return {smoothed(t), V(0)};
    }
};
struct target_times_logit {
    categorical_smoothing smoothed;
    double shift;

    template <class V>
    term<V> operator()(V y, V t) const {
        return {smoothed(t) * (y - constant<V>(shift)), V(0)};
    }
};
struct itself {
    template <class V>
    term<V> operator()(V y, V) const {
        return {y, V(0)};
    }
};

/// A row's -log(p) at a class of share p, clipped, and the derivative of that by p.
template <class T>
term<T> surprise(T p) {
    const T low = T(keras_epsilon), high = T(1 - keras_epsilon), q = clipped(p, low, high);
    return {-std::log(q), -slope_of_clipped(p, low, high) / q};
}

}  // namespace detail

/// -sum(target log(p)) along each row; p is softmax(y), or y / sum(y) clipped to [1e-7, 1 - 1e-7]. The mean over rows.
/// Keras: `CategoricalCrossentropy`.
struct CategoricalCrossentropy {
    bool from_logits = false;
    double label_smoothing = 0.0;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "CategoricalCrossentropy";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const T factor = scale / static_cast<T>(rows);
        const detail::categorical_smoothing smoothed{1 - label_smoothing,
                                                     label_smoothing / static_cast<double>(columns)};
        T sum = T(0);
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns) {
            sum += from_logits ? logits(columns, y, target, smoothed, factor, dy)
                               : probabilities(columns, y, target, smoothed, factor, dy);
            if (dy != nullptr) dy += columns;
        }
        return sum / static_cast<T>(rows);
    }

private:
    template <class T, class Target>
    static T logits(std::size_t n, const T* y, const Target* target, detail::categorical_smoothing smoothed, T factor,
                    T* dy) {
        const double shift = static_cast<double>(kernels::row_maximum(n, y));
        const T exponentials = detail::sum_of_terms(detail::shifted_exponential{shift}, n, y, y, T(1), dy);
        T* const none = nullptr;
        const T total = detail::sum_of_terms(detail::smoothed_target{smoothed}, n, y, target, T(1), none);
        const T weighted = detail::sum_of_terms(detail::target_times_logit{smoothed, shift}, n, y, target, T(1), none);
        if (dy != nullptr) {
            const T share = total / exponentials;
            for (std::size_t i = 0; i < n; ++i) dy[i] = factor * (dy[i] * share - smoothed(static_cast<T>(target[i])));
        }
        return total * std::log(exponentials) - weighted;
    }
    template <class T, class Target>
    static T probabilities(std::size_t n, const T* y, const Target* target, detail::categorical_smoothing smoothed,
                           T factor, T* dy) {
        T* const none = nullptr;
        const T total = detail::sum_of_terms(detail::itself{}, n, y, y, T(1), none);
        T sum = T(0), through_total = T(0);
        for (std::size_t i = 0; i < n; ++i) {
            const T t = smoothed(static_cast<T>(target[i])), p = y[i] / total;
            if (dy != nullptr) dy[i] = T(0);
            if (t == T(0)) continue;  // most of a one-hot row: no logarithm
            const detail::term<T> part = detail::surprise(p);
            sum += t * part.value;
            through_total += t * part.slope * p;
            if (dy != nullptr) dy[i] = t * part.slope;
        }
        if (dy != nullptr)
            for (std::size_t i = 0; i < n; ++i) dy[i] = factor * (dy[i] - through_total) / total;
        return sum;
    }
};

/// -log(p) of the target's class, an integer for each row; p is softmax(y), or y / sum(y) clipped to [1e-7, 1 - 1e-7].
/// The mean over rows; a row whose target is no class counts as 0, without a gradient. Keras:
/// `SparseCategoricalCrossentropy`.
struct SparseCategoricalCrossentropy {
    bool from_logits = false;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "SparseCategoricalCrossentropy";
    static constexpr target_kind targets = target_kind::class_index;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const T factor = scale / static_cast<T>(rows);
        T sum = T(0);
        for (std::size_t r = 0; r < rows; ++r, y += columns) {
            const auto label = static_cast<std::ptrdiff_t>(target[r]);
            const auto index = static_cast<std::size_t>(label);
            if (label < 0 || index >= columns) {
                if (dy != nullptr) std::fill_n(dy, columns, T(0));
            } else {
                sum +=
                    from_logits ? logits(columns, y, index, factor, dy) : probabilities(columns, y, index, factor, dy);
            }
            if (dy != nullptr) dy += columns;
        }
        return sum / static_cast<T>(rows);
    }

private:
    template <class T>
    static T logits(std::size_t n, const T* y, std::size_t label, T factor, T* dy) {
        const T shift = kernels::row_maximum(n, y);
        const T exponentials =
            detail::sum_of_terms(detail::shifted_exponential{static_cast<double>(shift)}, n, y, y, T(1), dy);
        if (dy != nullptr) {
            const T share = factor / exponentials;
            for (std::size_t i = 0; i < n; ++i) dy[i] *= share;
            dy[label] -= factor;
        }
        return std::log(exponentials) - (y[label] - shift);
    }
    template <class T>
    static T probabilities(std::size_t n, const T* y, std::size_t label, T factor, T* dy) {
        T* const none = nullptr;
        const T total = detail::sum_of_terms(detail::itself{}, n, y, y, T(1), none), p = y[label] / total;
        const detail::term<T> part = detail::surprise(p);
        if (dy != nullptr) {
            std::fill_n(dy, n, -factor * part.slope * p / total);
            dy[label] += factor * part.slope / total;
        }
        return part.value;
    }
};

}  // namespace strata::inline STRATA_ISA
