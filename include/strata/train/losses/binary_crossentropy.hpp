// BinaryCrossentropy and BinaryFocalCrossentropy: each value is an independent probability or logit.
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/train/loss.hpp>
#include <strata/train/losses/terms.hpp>
#include <strata/train/reduction.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Targets pulled towards 1/2.
struct binary_smoothing {
    double amount;

    template <class V>
    V operator()(V t) const {
        return t * constant<V>(1 - amount) + constant<V>(0.5 * amount);
    }
};
struct crossentropy_of_probability {
    binary_smoothing smoothed;

    template <class V>
    term<V> operator()(V y, V target) const {
        const V low = constant<V>(keras_epsilon), high = constant<V>(1 - keras_epsilon);
        const V t = smoothed(target), p = clipped(y, low, high), rest = V(1) - p;
        return {V(0) - t * kernels::log(p) - (V(1) - t) * kernels::log(rest),
                ((V(1) - t) / rest - t / p) * slope_of_clipped(y, low, high)};
    }
};
struct crossentropy_of_logit {
    binary_smoothing smoothed;

    template <class V>
    term<V> operator()(V y, V target) const {
        // softplus(y) = max(y, 0) + log1p(exp(-|y|)), and softplus(-y) shares its logarithm.
        const V t = smoothed(target), decay = kernels::exp(V(0) - kernels::abs(y)), sigmoid = V(1) / (V(1) + decay);
        return {t * kernels::max(V(0), V(0) - y) + (V(1) - t) * kernels::max(V(0), y) + kernels::log1p(decay),
                kernels::select(y < V(0), decay * sigmoid, sigmoid) - t};
    }
};

}  // namespace detail

/// The mean of -target log(p) - (1 - target) log(1 - p); p is y clipped to [1e-7, 1 - 1e-7], or sigmoid(y) unclipped.
/// Keras: `BinaryCrossentropy`.
struct BinaryCrossentropy {
    bool from_logits = false;
    double label_smoothing = 0.0;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "BinaryCrossentropy";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t n = rows * columns;
        const detail::binary_smoothing smoothing{label_smoothing};
        if (from_logits)
            return detail::mean_of_terms(detail::crossentropy_of_logit{smoothing}, n, y, target, scale, dy);
        return detail::mean_of_terms(detail::crossentropy_of_probability{smoothing}, n, y, target, scale, dy);
    }
};

/// The binary crossentropy times (1 - p_t)^gamma, p_t the probability of the target; with balancing, times alpha where
/// the target is 1 and 1 - alpha where it is 0. Lin et al. 2018. Keras: `BinaryFocalCrossentropy`.
struct BinaryFocalCrossentropy {
    bool apply_class_balancing = false;
    double alpha = 0.25;
    double gamma = 2.0;
    bool from_logits = false;
    double label_smoothing = 0.0;
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "BinaryFocalCrossentropy";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t n = rows * columns;
        const T count = static_cast<T>(n);
        T sum = T(0);
        for (std::size_t i = 0; i < n; ++i) {
            const detail::term<T> part = at(y[i], detail::binary_smoothing{label_smoothing}(static_cast<T>(target[i])));
            sum += part.value;
            if (dy != nullptr) dy[i] = scale / count * part.slope;
        }
        return sum / count;
    }

private:
    template <class T>
    detail::term<T> at(T y, T t) const {
        const T low = T(detail::keras_epsilon), high = T(1 - detail::keras_epsilon);
        const T p = from_logits ? kernels::sigmoid::apply(y) : y, inner = from_logits ? p * (T(1) - p) : T(1);
        const T q = detail::clipped(p, low, high), exponent = static_cast<T>(gamma);
        const T crossentropy = -t * std::log(q) - (T(1) - t) * std::log(T(1) - q);
        const T slope = ((T(1) - t) / (T(1) - q) - t / q) * detail::slope_of_clipped(p, low, high);
        const T miss = T(1) - (t * p + (T(1) - t) * (T(1) - p)), focus = std::pow(miss, exponent);
        // A power below 1 has no derivative at 0; only the derivative of the crossentropy counts there.
        const bool flat = exponent == T(0) || (miss == T(0) && exponent < T(1));
        const T focus_slope = flat ? T(0) : exponent * std::pow(miss, exponent - T(1)) * (T(1) - 2 * t);
        const T balance =
            apply_class_balancing ? t * static_cast<T>(alpha) + (T(1) - t) * static_cast<T>(1 - alpha) : T(1);
        return {balance * focus * crossentropy, balance * (focus_slope * crossentropy + focus * slope) * inner};
    }
};

}  // namespace strata::inline STRATA_ISA
