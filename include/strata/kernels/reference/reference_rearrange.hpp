// reference_rearrange: plain loops for permutations, borders and upsampling.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/axes.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/shape/rearrange.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The interpolation of one cell of an axis upsampled by `up`: its centre lies between the cells low and high of the
/// smaller axis, numerator / (2 up) of the distance after low.
struct linear_tap {
    std::size_t low = 0;
    std::size_t high = 0;
    std::size_t numerator = 0;
    std::size_t up = 1;

    template <class T>
    constexpr T part() const {
        return static_cast<T>(numerator) / static_cast<T>(2 * up);
    }
};

/// The interpolation of cell o. Its centre, in cells of the smaller axis, is (o + 1/2) / up - 1/2, clamped to the
/// outermost centres.
constexpr linear_tap linear_tap_of(std::size_t o, std::size_t up, std::size_t extent) {
    const std::size_t twice = 2 * o + 1;
    const std::size_t center = twice < up ? 0 : twice - up;  // in units of 1 / (2 up)
    const std::size_t low = center / (2 * up);
    if (low + 1 >= extent) return {.low = extent - 1, .high = extent - 1, .numerator = 0, .up = up};
    return {.low = low, .high = low + 1, .numerator = center % (2 * up), .up = up};
}

namespace reference {

/// y = x with its axes in the given order.
template <class T>
constexpr void permute(const shape& in, const axes& order, const T* x, T* y) {
    const shape out = order.of(in);
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::array<std::size_t, shape::max_rank> index{};
        std::size_t rest = i, from = 0;
        for (std::size_t axis = out.rank(); axis-- > 0; rest /= out[axis])
            index[static_cast<std::size_t>(order[axis] - 1)] = rest % out[axis];
        for (std::size_t axis = 0; axis < in.rank(); ++axis) from = from * in[axis] + index[axis];
        y[i] = x[from];
    }
}

/// Calls use(outer index, inner index) for each value of the inner image.
template <class Use>
constexpr void for_each_inner(const border_geometry& g, Use use) {
    for (std::size_t h = 0; h < g.height; ++h)
        for (std::size_t i = 0; i < g.inner_line(); ++i)
            use(g.top() + h * g.outer_line() + g.left() + i, h * g.inner_line() + i);
}
template <class T>
constexpr void pad(const border_geometry& g, const T* inner, T* outer) {
    const std::size_t size = g.top() + g.height * g.outer_line() + g.bottom();
    for (std::size_t i = 0; i < size; ++i) outer[i] = T(0);
    for_each_inner(g, [&](std::size_t to, std::size_t from) { outer[to] = inner[from]; });
}
template <class T>
constexpr void crop(const border_geometry& g, const T* outer, T* inner) {
    for_each_inner(g, [&](std::size_t from, std::size_t to) { inner[to] = outer[from]; });
}

/// Calls use(index, h, w, c) for each value of the larger image.
template <class Use>
constexpr void for_each_outer_cell(const upsampling_geometry& g, Use use) {
    std::size_t index = 0;
    for (std::size_t h = 0; h < g.height * g.up_height; ++h)
        for (std::size_t w = 0; w < g.width * g.up_width; ++w)
            for (std::size_t c = 0; c < g.channels; ++c) use(index++, h, w, c);
}
template <class T>
constexpr void repeat_cells(const upsampling_geometry& g, const T* x, T* y) {
    for_each_outer_cell(g, [&](std::size_t to, std::size_t h, std::size_t w, std::size_t c) {
        y[to] = x[(h / g.up_height * g.width + w / g.up_width) * g.channels + c];
    });
}
template <class T>
constexpr void sum_cells(const upsampling_geometry& g, const T* dy, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for_each_outer_cell(g, [&](std::size_t from, std::size_t h, std::size_t w, std::size_t c) {
        dx[(h / g.up_height * g.width + w / g.up_width) * g.channels + c] += dy[from];
    });
}

/// Calls use(index in x, weight) for the four cells that a cell of the larger image is interpolated from.
template <class T, class Use>
constexpr void for_each_tap(const upsampling_geometry& g, std::size_t h, std::size_t w, std::size_t c, Use use) {
    const linear_tap a = linear_tap_of(h, g.up_height, g.height), b = linear_tap_of(w, g.up_width, g.width);
    const T p = a.part<T>(), q = b.part<T>();
    use((a.low * g.width + b.low) * g.channels + c, (T(1) - p) * (T(1) - q));
    use((a.low * g.width + b.high) * g.channels + c, (T(1) - p) * q);
    use((a.high * g.width + b.low) * g.channels + c, p * (T(1) - q));
    use((a.high * g.width + b.high) * g.channels + c, p * q);
}
template <class T>
constexpr void bilinear(const upsampling_geometry& g, const T* x, T* y) {
    for_each_outer_cell(g, [&](std::size_t to, std::size_t h, std::size_t w, std::size_t c) {
        y[to] = T(0);
        for_each_tap<T>(g, h, w, c, [&](std::size_t from, T weight) { y[to] += weight * x[from]; });
    });
}
template <class T>
constexpr void bilinear_gradient(const upsampling_geometry& g, const T* dy, T* dx) {
    for (std::size_t i = 0; i < g.in_size(); ++i) dx[i] = T(0);
    for_each_outer_cell(g, [&](std::size_t from, std::size_t h, std::size_t w, std::size_t c) {
        for_each_tap<T>(g, h, w, c, [&](std::size_t to, T weight) { dx[to] += weight * dy[from]; });
    });
}

}  // namespace reference
}  // namespace strata::inline STRATA_ISA::kernels
