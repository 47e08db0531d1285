// Hinge, SquaredHinge and CategoricalHinge: margin losses.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Targets of -1 and 1: 2 t - 1 where all n are 0 or 1, otherwise as they are.
struct hinge_labels {
    bool binary;

    template <class Target>
    hinge_labels(std::size_t n, const Target* target)
        : binary(std::all_of(target, target + n, [](Target t) { return t == Target(0) || t == Target(1); })) {}

    template <class V>
    V operator()(V t) const {
        return binary ? t + t - V(1) : t;
    }
};
struct hinge_error {
    hinge_labels labels;

    template <class V>
    term<V> operator()(V y, V target) const {
        const V t = labels(target), margin = V(1) - t * y;
        return {kernels::max(V(0), margin), V(0) - t * slope_of_larger(margin, V(0))};
    }
};
struct squared_hinge_error {
    hinge_labels labels;

    template <class V>
    term<V> operator()(V y, V target) const {
        const V t = labels(target), margin = kernels::max(V(0), V(1) - t * y);
        return {margin * margin, V(-2) * t * margin};
    }
};

}  // namespace detail

/// mean(max(1 - target y, 0)); targets of a sample that are all 0 or 1 are read as -1 and 1. Keras decides that for the
/// whole batch: that differs only where -1, 0 and 1 are mixed. Keras: `Hinge`.
struct Hinge {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "Hinge";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t n = rows * columns;
        return detail::mean_of_terms(detail::hinge_error{{n, target}}, n, y, target, scale, dy);
    }
};

/// mean(max(1 - target y, 0)^2), with targets as for Hinge. Keras: `SquaredHinge`.
struct SquaredHinge {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "SquaredHinge";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t n = rows * columns;
        return detail::mean_of_terms(detail::squared_hinge_error{{n, target}}, n, y, target, scale, dy);
    }
};

/// max(max((1 - target) y) - sum(target y) + 1, 0) along each row, targets 0 or 1; the mean over rows. The largest
/// values share the derivative where several are equal. Keras: `CategoricalHinge`.
struct CategoricalHinge {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "CategoricalHinge";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        T sum = T(0);
        for (std::size_t r = 0; r < rows; ++r, y += columns, target += columns) {
            T positive = T(0), negative = T(0), count = T(0);
            for (std::size_t i = 0; i < columns; ++i) {
                const T t = static_cast<T>(target[i]), other = (T(1) - t) * y[i];
                positive += t * y[i];
                if (i == 0 || !(other <= negative)) {
                    negative = other;
                    count = T(1);
                } else if (other == negative) {
                    count += T(1);
                }
            }
            const T margin = negative - positive + T(1);
            sum += kernels::max(T(0), margin);
            if (dy == nullptr) continue;
            const T factor = scale / static_cast<T>(rows) * detail::slope_of_larger(margin, T(0));
            for (std::size_t i = 0; i < columns; ++i) {
                const T t = static_cast<T>(target[i]), other = T(1) - t;
                dy[i] = factor * ((other * y[i] == negative ? other / count : T(0)) - t);
            }
            dy += columns;
        }
        return sum / static_cast<T>(rows);
    }
};

}  // namespace strata::inline STRATA_ISA
