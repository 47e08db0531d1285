// KLDivergence and Poisson: losses between distributions.
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

struct divergence {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V low = constant<V>(keras_epsilon), high = V(1);
        const V from = clipped(t, low, high), to = clipped(y, low, high);
        return {from * kernels::log(from / to), V(0) - from / to * slope_of_clipped(y, low, high)};
    }
};
struct poisson_error {
    template <class V>
    term<V> operator()(V y, V t) const {
        const V positive = y + constant<V>(keras_epsilon);
        return {y - t * kernels::log(positive), V(1) - t / positive};
    }
};

}  // namespace detail

/// sum(target log(target / y)) along each row, both clipped to [1e-7, 1]; the mean over rows. Keras: `KLDivergence`.
struct KLDivergence {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "KLDivergence";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const T count = static_cast<T>(rows);
        return detail::sum_of_terms(detail::divergence{}, rows * columns, y, target, scale / count, dy) / count;
    }
};

/// mean(y - target log(y + 1e-7)). Keras: `Poisson`.
struct Poisson {
    strata::reduction reduction = strata::reduction::sum_over_batch_size;

    static constexpr std::string_view type = "Poisson";
    static constexpr target_kind targets = target_kind::values;

    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        return detail::mean_of_terms(detail::poisson_error{}, rows * columns, y, target, scale, dy);
    }
};

}  // namespace strata::inline STRATA_ISA
