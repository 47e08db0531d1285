// pooling_backward: the input gradients of poolings, vectorised over channels.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/math/math.hpp>
#include <strata/kernels/pooling/pooling.hpp>
#include <strata/kernels/simd/min_max.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

// A target of a gradient has scatter(x, dx, y, dy, block): it adds dy (channels) to the cells of a block of dx. x and y
// are those of the forward pass.

/// Adds dy to the first cell that holds the maximum y, as TensorFlow and XLA do.
struct to_first_maximum {
    template <class T>
    static STRATA_INLINE void scatter(const T* x, T* dx, const T* y, const T* dy, const cell_block& block) {
        constexpr std::size_t L = lanes<T>;
        const auto [rows, columns, row_step, column_step, channels] = block;
        for (std::size_t c = 0; c < channels; c += L) {
            const std::size_t n = std::min(L, channels - c);
            const simd<T> best = load_partial(y + c, n), zero = broadcast(T(0));
            simd<T> remaining = load_partial(dy + c, n);
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = 0; i < columns; ++i) {
                    const std::size_t at = r * row_step + i * column_step + c;
                    const auto hit = load_partial(x + at, n) == best;
                    T* to = dx + at;
                    store_partial<T>(to, load_partial(to, n) + select(hit, remaining, zero), n);
                    remaining = select(hit, zero, remaining);
                }
        }
    }
};

/// Adds dy / (number of cells) to each cell.
struct to_all_cells {
    template <class T>
    static STRATA_INLINE void scatter(const T*, T* dx, const T*, const T* dy, const cell_block& block) {
        constexpr std::size_t L = lanes<T>;
        const auto [rows, columns, row_step, column_step, channels] = block;
        const simd<T> count = broadcast(static_cast<T>(rows * columns));
        for (std::size_t c = 0; c < channels; c += L) {
            const std::size_t n = std::min(L, channels - c);
            const simd<T> part = load_partial(dy + c, n) / count;
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = 0; i < columns; ++i) {
                    T* to = dx + r * row_step + i * column_step + c;
                    store_partial<T>(to, load_partial(to, n) + part, n);
                }
        }
    }
};

/// dx (ih, iw, channels) of one sample from dy (oh, ow, channels) and the x and y of the forward pass. dx is
/// overwritten.
template <class Target, class T>
void pool2d_gradient(const pool2d_geometry& g, const T* x, const T* y, const T* dy, T* dx) {
    const std::size_t row = g.width.input * g.channels;
    std::fill_n(dx, g.in_size(), T(0));
    for (std::size_t oh = 0; oh < g.height.output; ++oh) {
        const cell_range h = cells_of(g.height, oh);
        for (std::size_t ow = 0; ow < g.width.output; ++ow, y += g.channels, dy += g.channels) {
            const cell_range w = cells_of(g.width, ow);
            const std::size_t at = h.begin * row + w.begin * g.channels;
            Target::scatter(x + at, dx + at, y, dy,
                            {h.count, w.count, row * g.height.dilation, g.channels * g.width.dilation, g.channels});
        }
    }
}

/// Adds dy / (number of maxima) to each cell that holds the maximum y, as JAX and TensorFlow do where a whole map is
/// reduced.
struct to_all_maxima {
    template <class T>
    static STRATA_INLINE void scatter(const T* x, T* dx, const T* y, const T* dy, const cell_block& block) {
        constexpr std::size_t L = lanes<T>;
        const auto [rows, columns, row_step, column_step, channels] = block;
        const simd<T> zero = broadcast(T(0)), one = broadcast(T(1));
        for (std::size_t c = 0; c < channels; c += L) {
            const std::size_t n = std::min(L, channels - c);
            const simd<T> best = load_partial(y + c, n);
            simd<T> hits = zero;
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = 0; i < columns; ++i)
                    hits = hits + select(load_partial(x + r * row_step + i * column_step + c, n) == best, one, zero);
            const simd<T> part = load_partial(dy + c, n) / hits;
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t i = 0; i < columns; ++i) {
                    const std::size_t at = r * row_step + i * column_step + c;
                    T* to = dx + at;
                    store_partial<T>(to, load_partial(to, n) + select(load_partial(x + at, n) == best, part, zero), n);
                }
        }
    }
};

/// dx (Rows, Channels) of one sample from dy (Channels) and the x and y of the forward pass. dx is overwritten.
template <class Target, std::size_t Rows, std::size_t Channels, class T>
void global_pooling_gradient(const T* x, const T* y, const T* dy, T* dx) {
    std::fill_n(dx, Rows * Channels, T(0));
    Target::scatter(x, dx, y, dy, {.columns = Rows, .column_step = Channels, .channels = Channels});
}

}  // namespace strata::inline STRATA_ISA::kernels
