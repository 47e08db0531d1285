// optimizer_kernels: the loops of an optimizer's step over arrays: penalties, clipping, decay, update, moving average.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/train/optimizer.hpp>

// All arrays have n elements. Nothing after them is read or written, nothing is allocated. The result for an element
// does not depend on its index: the last elements go through the same vector operations. Sums have a fixed order.
namespace strata::inline STRATA_ISA {
namespace detail {

/// y[i] = change(y[i]), in vectors.
template <class T, class Change>
void transform(std::size_t n, T* y, Change change) {
    constexpr std::size_t L = kernels::lanes<T>;
    std::size_t i = 0;
    for (; i + L <= n; i += L) kernels::store<T>(y + i, change(kernels::load(y + i)));
    if (i < n) kernels::store_partial<T>(y + i, change(kernels::load_partial(y + i, n - i)), n - i);
}
/// y[i] = change(y[i], x[i]), in vectors.
template <class T, class Change>
void transform(std::size_t n, T* y, const T* x, Change change) {
    constexpr std::size_t L = kernels::lanes<T>;
    std::size_t i = 0;
    for (; i + L <= n; i += L) kernels::store<T>(y + i, change(kernels::load(y + i), kernels::load(x + i)));
    if (i == n) return;
    const kernels::simd<T> old = kernels::load_partial(y + i, n - i), given = kernels::load_partial(x + i, n - i);
    kernels::store_partial<T>(y + i, change(old, given), n - i);
}

/// The sum of term(x[i]): vectors over runs of 4096 elements, whose sums are added in double. term(0) is 0.
template <class T, class Term>
double sum_of(std::size_t n, const T* x, Term term) {
    using V = kernels::simd<T>;
    constexpr std::size_t L = kernels::lanes<T>, run = 4096;
    static_assert(run % (4 * L) == 0);
    double total = 0.0;
    for (std::size_t begin = 0; begin < n; begin += run) {
        const std::size_t end = std::min(n, begin + run);
        V sums[4] = {V(T(0)), V(T(0)), V(T(0)), V(T(0))};  // four: each addition waits for the previous one
        std::size_t i = begin;
        for (; i + 4 * L <= end; i += 4 * L)
            for (std::size_t k = 0; k < 4; ++k) sums[k] = sums[k] + term(kernels::load(x + i + k * L));
        for (; i < end; i += L) sums[0] = sums[0] + term(kernels::load_partial(x + i, std::min(L, end - i)));
        total += static_cast<double>(kernels::lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3])));
    }
    return total;
}

/// The least number of slots that an optimizer may have; loops for fewer are not compiled.
template <class Optimizer>
constexpr std::size_t fewest_slots() {
    if constexpr (requires { Optimizer::min_slots; }) return Optimizer::min_slots;
    else if constexpr (requires(const Optimizer& optimizer) { optimizer.slots(); }) return 0;
    else return Optimizer::max_slots;
}

template <std::size_t Slots, class Optimizer, class T>
struct segment_update {
    using V = kernels::simd<T>;
    static constexpr std::size_t capacity = std::max<std::size_t>(Optimizer::max_slots, 1);

    typename Optimizer::template step<T> scalars;
    T* weights;
    const T* gradients;
    std::array<T*, Optimizer::max_slots> slots;

    STRATA_INLINE void update(std::size_t i, std::size_t count) const {
        V slot[capacity];
        for (std::size_t s = 0; s < capacity; ++s)
            slot[s] = s < Slots ? kernels::load_partial(slots[s] + i, count) : V(T(0));
        const V w = kernels::load_partial(weights + i, count), g = kernels::load_partial(gradients + i, count);
        kernels::store_partial<T>(weights + i, Optimizer::template update<T, V>(scalars, w, g, slot), count);
        for (std::size_t s = 0; s < Slots; ++s) kernels::store_partial<T>(slots[s] + i, slot[s], count);
    }
    void run(std::size_t n) const {
        constexpr std::size_t L = kernels::lanes<T>;
        std::size_t i = 0;
        for (; i + L <= n; i += L) update(i, L);
        if (i < n) update(i, n - i);
    }
};

}  // namespace detail

/// Moves n weights by their gradients. The first slot_count(optimizer) arrays of `slots`, of n each, are read and
/// written; no two arrays overlap.
template <class Optimizer, class T>
void apply_updates(const Optimizer& optimizer, const typename Optimizer::template step<T>& scalars, std::size_t n,
                   T* weights, const T* gradients, std::array<T*, Optimizer::max_slots> slots) {
    const std::size_t used = slot_count(optimizer);
    constexpr std::size_t fewest = detail::fewest_slots<Optimizer>();
    [&]<std::size_t... More>(std::index_sequence<More...>) {
        ((fewest + More == used
              ? detail::segment_update<fewest + More, Optimizer, T>{scalars, weights, gradients, slots}.run(n)
              : void()),
         ...);
    }(std::make_index_sequence<Optimizer::max_slots - fewest + 1>{});
}

/// The sum of x^2.
template <class T>
double sum_of_squares(std::size_t n, const T* x) {
    return detail::sum_of(n, x, [](auto v) { return v * v; });
}

/// The factor that brings a norm down to a limit: 1 up to the limit, NaN where the norm is NaN. Keras: `clipnorm`, of
/// each variable.
inline double clip_factor(double norm, double limit) { return norm <= limit ? 1.0 : limit / norm; }
/// As clip_factor, NaN where the norm is infinite too. Keras: `global_clipnorm`, of all gradients together.
inline double global_clip_factor(double norm, double limit) {
    return internal::is_finite(norm) ? clip_factor(norm, limit) : internal::not_a_number<double>;
}

/// x *= factor.
template <class T>
void scale(std::size_t n, T* x, double factor) {
    using V = kernels::simd<T>;
    const V each(static_cast<T>(factor));
    detail::transform(n, x, [=](V v) { return v * each; });
}

/// y += x.
template <class T>
void add_to(std::size_t n, T* y, const T* x) {
    detail::transform(n, y, x, [](auto a, auto b) { return a + b; });
}

/// x = min(max(x, -limit), limit); NaN stays. Keras: `clipvalue`.
template <class T>
void clip(std::size_t n, T* x, double limit) {
    using V = kernels::simd<T>;
    const V low(static_cast<T>(-limit)), high(static_cast<T>(limit));
    detail::transform(n, x, [=](V v) { return kernels::min(high, kernels::max(low, v)); });
}

/// w -= amount w; a factor 1 - amount would lose digits of a small amount. Keras: `weight_decay`, amount = rate
/// weight_decay.
template <class T>
void decay(std::size_t n, T* w, double amount) {
    using V = kernels::simd<T>;
    const V part(static_cast<T>(amount));
    detail::transform(n, w, [=](V v) { return v - v * part; });
}

/// average = momentum average + (1 - momentum) w. Keras: `use_ema`; with momentum 0 in the first step.
template <class T>
void update_average(std::size_t n, T* average, const T* w, double momentum) {
    using V = kernels::simd<T>;
    const V kept(static_cast<T>(momentum)), taken(static_cast<T>(1.0 - momentum));
    detail::transform(n, average, w, [=](V a, V v) { return kernels::multiply_add(kept, a, taken * v); });
}

/// The loss of a regularizer for n weights.
template <class T>
double penalty(const regularizer& weights_penalty, std::size_t n, const T* w) {
    double result = 0.0;
    if (weights_penalty.l1 != 0.0)
        result += weights_penalty.l1 * detail::sum_of(n, w, [](auto v) { return kernels::abs(v); });
    if (weights_penalty.l2 != 0.0) result += weights_penalty.l2 * sum_of_squares(n, w);
    return result;
}

/// gradient += d penalty / d w: l1 sign(w) + 2 l2 w, 0 at 0.
template <class T>
void add_penalty_gradient(const regularizer& weights_penalty, std::size_t n, const T* w, T* gradient) {
    using V = kernels::simd<T>;
    if (weights_penalty.is_none()) return;
    const V l1(static_cast<T>(weights_penalty.l1)), twice_l2(static_cast<T>(2.0 * weights_penalty.l2)), zero(T(0));
    detail::transform(n, gradient, w, [=](V g, V v) {
        const V sign = kernels::select(v > zero, l1, kernels::select(v < zero, zero - l1, v));
        return g + kernels::multiply_add(twice_l2, v, sign);
    });
}

}  // namespace strata::inline STRATA_ISA
