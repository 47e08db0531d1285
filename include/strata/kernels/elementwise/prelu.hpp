// prelu: PReLU with slopes that some axes share, forward and backward.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The slopes of a sample. The sample is divided into runs of `run` consecutive values. A run has one slope (is_shared)
/// or `run` consecutive slopes. Trailing axes of the same kind form one run.
struct slope_layout {
    shape in{};
    shape slopes{};
    std::size_t run = 1;
    bool is_shared = false;
    std::size_t outer = 0;  // axes before the run

    constexpr slope_layout(const shape& sample, const shape& weight) : in(sample), slopes(weight), outer(in.rank()) {
        bool decided = false;
        while (outer > 0) {
            const std::size_t axis = outer - 1;
            if (in[axis] > 1) {
                if (decided && is_shared != (slopes[axis] == 1)) break;
                is_shared = slopes[axis] == 1;
                decided = true;
            }
            run *= in[axis];
            outer = axis;
        }
    }
    constexpr std::size_t runs() const { return in.size() / run; }
    /// The index of the first slope of run `index`.
    constexpr std::size_t first_slope(std::size_t index) const {
        std::size_t index_of_slope = 0, step = is_shared ? 1 : run;
        for (std::size_t axis = outer; axis-- > 0; index /= in[axis]) {
            index_of_slope += slopes[axis] == 1 ? 0 : index % in[axis] * step;
            step *= slopes[axis];
        }
        return index_of_slope;
    }
    friend constexpr bool operator==(const slope_layout&, const slope_layout&) = default;
};

namespace reference {

template <class T>
constexpr void prelu(const slope_layout& layout, const T* x, const T* slopes, T* y) {
    for (std::size_t i = 0; i < layout.in.size(); ++i) {
        const T slope = slopes[layout.first_slope(i / layout.run) + (layout.is_shared ? 0 : i % layout.run)];
        y[i] = x[i] > 0 ? x[i] : x[i] * slope;
    }
}

}  // namespace reference

/// The slopes of values [i, i + n) of a run whose slopes start at `slopes`.
template <class T>
STRATA_INLINE simd<T> slopes_of(bool is_shared, const T* slopes, std::size_t i, std::size_t n) {
    return is_shared ? broadcast(*slopes) : load_partial(slopes + i, n);
}

template <slope_layout Layout, class T>
void prelu_vectorised(const T* x, const T* slopes, T* y) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t r = 0; r < Layout.runs(); ++r, x += Layout.run, y += Layout.run) {
        const T* own = slopes + Layout.first_slope(r);
        for (std::size_t i = 0; i < Layout.run; i += L) {
            const std::size_t n = std::min(L, Layout.run - i);
            const simd<T> value = load_partial(x + i, n);
            const simd<T> below = value * slopes_of(Layout.is_shared, own, i, n);
            store_partial<T>(y + i, select(value > broadcast(T(0)), value, below), n);
        }
    }
}

/// y = x where x > 0, else slope x, for one sample of any alignment. y may be x. Tails of runs are loaded and stored in
/// part.
template <slope_layout Layout, class T>
constexpr void prelu(const T* x, const T* slopes, T* y) {
    if (std::is_constant_evaluated()) reference::prelu(Layout, x, slopes, y);
    else prelu_vectorised<Layout>(x, slopes, y);
}

/// dx of one sample: dy where x > 0, dy slope where x < 0, and 0 where x is 0, as Keras' backends. dx may be dy.
template <slope_layout Layout, class T>
void prelu_gradient(const T* x, const T* slopes, const T* dy, T* dx) {
    constexpr std::size_t L = lanes<T>;
    const simd<T> zero = broadcast(T(0)), one = broadcast(T(1));
    for (std::size_t r = 0; r < Layout.runs(); ++r, x += Layout.run, dy += Layout.run, dx += Layout.run) {
        const T* own = slopes + Layout.first_slope(r);
        for (std::size_t i = 0; i < Layout.run; i += L) {
            const std::size_t n = std::min(L, Layout.run - i);
            const simd<T> value = load_partial(x + i, n);
            const simd<T> below = select(value < zero, slopes_of(Layout.is_shared, own, i, n), zero);
            store_partial<T>(dx + i, load_partial(dy + i, n) * select(value > zero, one, below), n);
        }
    }
}

/// dslopes = or += the sum of dy min(x, 0) over the samples and over the values that share a slope. Writes this
/// thread's share: of the slopes where they are shared, else of the positions in each run. Values are added in order,
/// whatever the share.
template <slope_layout Layout, class T>
void slope_gradient(std::size_t samples, const T* x, const T* dy, T* dslopes, bool first, thread_slice part) {
    constexpr std::size_t L = lanes<T>;
    const simd<T> zero = broadcast(T(0));
    const item_range mine = Layout.is_shared ? part.of(Layout.slopes.size()) : part.of(Layout.run, L);
    if (first && Layout.is_shared) std::fill(dslopes + mine.begin, dslopes + mine.end, T(0));
    if (first && !Layout.is_shared)
        for (std::size_t begin = 0; begin < Layout.slopes.size(); begin += Layout.run)
            std::fill(dslopes + begin + mine.begin, dslopes + begin + mine.end, T(0));
    for (std::size_t r = 0; r < samples * Layout.runs(); ++r, x += Layout.run, dy += Layout.run) {
        const std::size_t slope = Layout.first_slope(r % Layout.runs());
        if (Layout.is_shared && (slope < mine.begin || slope >= mine.end)) continue;
        T* to = dslopes + slope;
        simd<T> sum = zero;
        const item_range values = Layout.is_shared ? item_range{0, Layout.run} : mine;
        for (std::size_t i = values.begin; i < values.end; i += L) {
            const std::size_t n = std::min(L, values.end - i);
            const simd<T> below = min(zero, load_partial(x + i, n)) * load_partial(dy + i, n);
            if (Layout.is_shared) sum = sum + below;
            else store_partial<T>(to + i, load_partial(to + i, n) + below, n);
        }
        if (Layout.is_shared) *to += lane_sum(sum);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
