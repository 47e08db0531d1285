// Regression losses: squared, absolute, relative and logarithmic errors, Huber and LogCosh.
#pragma once

#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

struct squared_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V error = y - t;
        return {error * error, error + error};
    }
};
struct absolute_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V error = y - t;
        return {kernels::abs(error), sign_of(error)};
    }
};
struct percentage_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V error = y - t, percent = V(100) / kernels::max(constant<V>(keras_epsilon), kernels::abs(t));
        return {kernels::abs(error) * percent, sign_of(error) * percent};
    }
};
struct squared_logarithmic_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V low = constant<V>(keras_epsilon), positive = kernels::max(low, y);
        const V error = log1p(positive) - log1p(kernels::max(low, t));
        return {error * error, (error + error) * slope_of_larger(y, low) / (positive + V(1))};
    }
};
struct huber_error {
    double delta;

    template <class V>
    term<V> operator()(V y, V t) const {
        const V error = y - t, size = kernels::abs(error), edge = constant<V>(delta);
        return {kernels::select(size <= edge, constant<V>(0.5) * error * error,
                                edge * size - constant<V>(0.5) * edge * edge),
                kernels::select(size <= edge, error, edge * sign_of(error))};
    }
};
struct log_cosh_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        // log(cosh(x)) = |x| + log(1 + exp(-2 |x|)) - log 2: nothing overflows.
        const V error = y - t, size = kernels::abs(error);
        return {size + log1p(exp(V(0) - size - size)) - constant<V>(0.69314718055994531), kernels::tanh_of(error)};
    }
};

}  // namespace detail

/// mean((target - y)^2). Keras: `MeanSquaredError`.
struct MeanSquaredError {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "MeanSquaredError";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::squared_error{}, rows * columns, y, target, scale, dy);
    }
};

/// mean(|target - y|); the derivative is 0 where they are equal. Keras: `MeanAbsoluteError`.
struct MeanAbsoluteError {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "MeanAbsoluteError";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::absolute_error{}, rows * columns, y, target, scale, dy);
    }
};

/// 100 mean(|target - y| / max(|target|, 1e-7)). Keras: `MeanAbsolutePercentageError`.
struct MeanAbsolutePercentageError {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "MeanAbsolutePercentageError";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::percentage_error{}, rows * columns, y, target, scale, dy);
    }
};

/// mean((log(max(target, 1e-7) + 1) - log(max(y, 1e-7) + 1))^2). Keras: `MeanSquaredLogarithmicError`.
struct MeanSquaredLogarithmicError {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "MeanSquaredLogarithmicError";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::squared_logarithmic_error{}, rows * columns, y, target, scale, dy);
    }
};

/// The mean of error^2 / 2 up to an error of delta, and of delta |error| - delta^2 / 2 beyond. As a metric it is named
/// `huber_loss`. Keras: `Huber`.
struct Huber {
    double delta = 1.0;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "Huber";
    static constexpr std::string_view metric_name = "huber_loss";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::huber_error{delta}, rows * columns, y, target, scale, dy);
    }
};

/// mean(log(cosh(y - target))). Keras: `LogCosh`.
struct LogCosh {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "LogCosh";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::log_cosh_error{}, rows * columns, y, target, scale, dy);
    }
};

}  // namespace strata::inline STRATA_ISA
