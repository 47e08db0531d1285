// CosineSimilarity: the cosine of the angle between two vectors, negative as a loss.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

struct product {
    template <class V>
    term<V> operator()(V y, V t) const {
        return {y * t, V(0)};
    }
};
struct squared_target {
    template <class V>
    term<V> operator()(V, V t) const {
        return {t * t, V(0)};
    }
};

}  // namespace detail

/// -sum(target y) along each row, both divided by their length: -1 where they point the same way. Lengths below 1e-7
/// count as 1e-7, so that a zero vector gives 0; it has no direction, and its gradient is 0 (Keras: NaN). The mean over
/// rows. The metric has the opposite sign: 1 where they point the same way. Keras: the loss and the metric
/// `CosineSimilarity`, axis -1.
struct CosineSimilarity {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "CosineSimilarity";
    static constexpr double metric_factor = -1.0;
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const T longest = T(1 / detail::keras_epsilon), factor = scale / static_cast<T>(rows);
        T* const none = nullptr;
        T sum = T(0);
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns) {
            const T dot = detail::sum_of_terms(detail::product{}, columns, y, target, T(1), none);
            const T target_squares = detail::sum_of_terms(detail::squared_target{}, columns, y, target, T(1), none);
            const T squares = detail::sum_of_terms(detail::product{}, columns, y, y, T(1), none);
            const T of_y = T(1) / std::sqrt(squares);
            const T of_target = T(1) / std::sqrt(target_squares);
            const T inverse = std::min(of_y, longest), unit = inverse * std::min(of_target, longest);
            sum -= dot * unit;
            if (dy == nullptr) continue;
            // The derivative has no component along y, except where y's length counts as 1e-7.
            const T along = of_y < longest ? dot * inverse * inverse : T(0);
            for (std::size_t i = 0; i < columns; ++i)
                dy[i] = squares == T(0) ? T(0) : factor * unit * (along * y[i] - static_cast<T>(target[i]));
            dy += columns;
        }
        return sum / static_cast<T>(rows);
    }
};

}  // namespace strata::inline STRATA_ISA
