// edges: images inside a border that holds a number, a reflection or the nearest value, and their gradients.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/shape/rearrange.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The position of an axis of `extent` that a position outside of it has the value of: the mirror image, without the
/// edge itself, or the edge.
struct reflected {
    static constexpr std::size_t source(std::ptrdiff_t at, std::size_t extent) {
        const auto last = static_cast<std::ptrdiff_t>(extent) - 1;
        return static_cast<std::size_t>(at < 0 ? -at : at > last ? 2 * last - at : at);
    }
};
struct replicated {
    static constexpr std::size_t source(std::ptrdiff_t at, std::size_t extent) {
        return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, static_cast<std::ptrdiff_t>(extent) - 1));
    }
};

/// Calls f(inner cell, outer cell) for each cell of the outer image, as offsets in elements, row by row.
template <border_geometry G, class Mode, class F>
constexpr void for_each_outer_cell(F f) {
    const std::size_t rows =
        G.height + static_cast<std::size_t>(G.edges.top) + static_cast<std::size_t>(G.edges.bottom);
    const std::size_t columns = G.outer_line() / G.channels;
    for (std::size_t h = 0; h < rows; ++h) {
        const std::size_t row = Mode::source(static_cast<std::ptrdiff_t>(h) - G.edges.top, G.height);
        for (std::size_t w = 0; w < columns; ++w) {
            const std::size_t column = Mode::source(static_cast<std::ptrdiff_t>(w) - G.edges.left, G.width);
            f((row * G.width + column) * G.channels, (h * columns + w) * G.channels);
        }
    }
}

/// outer = inner (height, width, channels) with a border that the Mode fills. They do not overlap. A reflected border
/// is narrower than the image.
template <border_geometry G, class Mode, class T>
constexpr void pad_edges(const T* inner, T* outer) {
    for_each_outer_cell<G, Mode>(
        [&](std::size_t from, std::size_t to) { std::copy_n(inner + from, G.channels, outer + to); });
}

/// dinner = the sum of douter over the cells that have the value of each inner one. dinner is overwritten.
template <border_geometry G, class Mode, class T>
constexpr void sum_edges(const T* douter, T* dinner) {
    std::fill_n(dinner, G.height * G.inner_line(), T(0));
    for_each_outer_cell<G, Mode>([&](std::size_t to, std::size_t from) {
        for (std::size_t c = 0; c < G.channels; ++c) dinner[to + c] += douter[from + c];
    });
}

/// outer = inner (height, width, channels) with a border of `fill`. They do not overlap.
template <border_geometry G, class T>
constexpr void pad_with(const T* inner, T* outer, T fill) {
    std::fill_n(outer, G.top(), fill);
    outer += G.top();
    for (std::size_t h = 0; h < G.height; ++h, inner += G.inner_line(), outer += G.outer_line()) {
        std::fill_n(outer, G.left(), fill);
        std::copy_n(inner, G.inner_line(), outer + G.left());
        std::fill_n(outer + G.left() + G.inner_line(), G.right(), fill);
    }
    std::fill_n(outer, G.bottom(), fill);
}

}  // namespace strata::inline STRATA_ISA::kernels
