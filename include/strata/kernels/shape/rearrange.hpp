// rearrange: permutation of axes, padding, cropping, and nearest-neighbour upsampling. The folder holds kernels that
// move values instead of computing them: these, bilinear upsampling, embedding.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <strata/core/axes.hpp>
#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// A permutation as nested loops over the output, the last axis innermost. Axes that stay adjacent are merged. `from`
/// and `to` are the strides of the loops in x and y, in elements.
struct permute_loops {
    std::array<std::size_t, shape::max_rank + 1> extents{};
    std::array<std::size_t, shape::max_rank + 1> from{};
    std::array<std::size_t, shape::max_rank + 1> to{};
    std::size_t rank = 0;

    constexpr permute_loops(const shape& in, const axes& order) {
        std::array<std::size_t, shape::max_rank + 1> strides{};
        std::size_t stride = 1;
        for (std::size_t axis = in.rank(); axis-- > 0; stride *= in[axis]) strides[axis] = stride;
        for (std::size_t i = 0; i < order.rank(); ++i) {
            const auto axis = static_cast<std::size_t>(order[i] - 1);
            if (in[axis] == 1) continue;
            if (rank > 0 && from[rank - 1] == in[axis] * strides[axis]) {
                extents[rank - 1] *= in[axis];
                from[rank - 1] = strides[axis];
            } else {
                extents[rank] = in[axis];
                from[rank++] = strides[axis];
            }
        }
        if (rank == 0) extents[rank] = from[rank] = 1, ++rank;
        stride = 1;
        for (std::size_t i = rank; i-- > 0; stride *= extents[i]) to[i] = stride;
        // Where the last axes of input and output differ, `permute` loops over blocks of both: the input's last axis
        // becomes the second to last loop.
        for (std::size_t i = 0; i + 2 < rank; ++i)
            if (from[rank - 1] != 1 && from[i] == 1)
                for (; i + 2 < rank; ++i) {
                    std::swap(extents[i], extents[i + 1]);
                    std::swap(from[i], from[i + 1]);
                    std::swap(to[i], to[i + 1]);
                }
    }
};

/// An image (height, width, channels) inside a border.
struct border_geometry {
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t channels = 1;
    border edges{0};

    constexpr std::size_t inner_line() const { return width * channels; }
    constexpr std::size_t outer_line() const { return inner_line() + left() + right(); }
    constexpr std::size_t left() const { return static_cast<std::size_t>(edges.left) * channels; }
    constexpr std::size_t right() const { return static_cast<std::size_t>(edges.right) * channels; }
    constexpr std::size_t top() const { return static_cast<std::size_t>(edges.top) * outer_line(); }
    constexpr std::size_t bottom() const { return static_cast<std::size_t>(edges.bottom) * outer_line(); }
    friend constexpr bool operator==(const border_geometry&, const border_geometry&) = default;
};

/// An upsampling by integer factors: each cell of an image becomes up_height by up_width cells of a larger one.
struct upsampling_geometry {
    std::size_t height = 1;
    std::size_t width = 1;
    std::size_t channels = 1;
    std::size_t up_height = 1;
    std::size_t up_width = 1;

    constexpr std::size_t in_line() const { return width * channels; }
    constexpr std::size_t out_line() const { return in_line() * up_width; }
    constexpr std::size_t in_size() const { return height * in_line(); }
    constexpr std::size_t out_size() const { return height * up_height * out_line(); }
    friend constexpr bool operator==(const upsampling_geometry&, const upsampling_geometry&) = default;
};

/// y = x with its axes in the given order; x has shape In. y does not overlap x. Where the last axes differ, blocks of
/// 16 by 16 are transposed, so that each cache line is read and written as a whole.
template <shape In, axes Order, class T>
constexpr void permute(const T* x, T* y) {
    constexpr permute_loops loops(In, Order);
    constexpr std::size_t block = 16, last = loops.rank - 1;
    constexpr bool is_copy = loops.from[last] == 1;
    constexpr std::size_t outer_rank = is_copy ? last : last - 1;
    constexpr std::size_t columns = loops.extents[last], lines = is_copy ? 1 : loops.extents[outer_rank];
    for (std::size_t o = 0; o < In.size() / (columns * lines); ++o) {
        std::size_t rest = o, from = 0, to = 0;
        for (std::size_t i = outer_rank; i-- > 0; rest /= loops.extents[i]) {
            from += rest % loops.extents[i] * loops.from[i];
            to += rest % loops.extents[i] * loops.to[i];
        }
        if constexpr (is_copy) {
            std::copy_n(x + from, columns, y + to);
        } else {
            for (std::size_t r = 0; r < lines; r += block)
                for (std::size_t c = 0; c < columns; c += block)
                    for (std::size_t i = r; i < std::min(r + block, lines); ++i)
                        for (std::size_t j = c; j < std::min(c + block, columns); ++j)
                            y[to + i * loops.to[outer_rank] + j] = x[from + i + j * loops.from[last]];
        }
    }
}

/// outer = inner (height, width, channels) with a border of zeros. They do not overlap.
template <border_geometry G, class T>
constexpr void pad(const T* inner, T* outer) {
    std::fill_n(outer, G.top(), T(0));
    outer += G.top();
    for (std::size_t h = 0; h < G.height; ++h, inner += G.inner_line(), outer += G.outer_line()) {
        std::fill_n(outer, G.left(), T(0));
        std::copy_n(inner, G.inner_line(), outer + G.left());
        std::fill_n(outer + G.left() + G.inner_line(), G.right(), T(0));
    }
    std::fill_n(outer, G.bottom(), T(0));
}

/// inner (height, width, channels) = outer without its border. They do not overlap.
template <border_geometry G, class T>
constexpr void crop(const T* outer, T* inner) {
    outer += G.top() + G.left();
    for (std::size_t h = 0; h < G.height; ++h, inner += G.inner_line(), outer += G.outer_line())
        std::copy_n(outer, G.inner_line(), inner);
}

/// y (height up_height, width up_width, channels) = each cell of x repeated. y does not overlap x.
template <upsampling_geometry G, class T>
constexpr void repeat_cells(const T* x, T* y) {
    for (std::size_t h = 0; h < G.height; ++h) {
        const T* line = y;
        for (std::size_t w = 0; w < G.width; ++w, x += G.channels)
            for (std::size_t i = 0; i < G.up_width; ++i, y += G.channels) std::copy_n(x, G.channels, y);
        for (std::size_t i = 1; i < G.up_height; ++i, y += G.out_line()) std::copy_n(line, G.out_line(), y);
    }
}

/// dx (height, width, channels) = the sum of each cell's repetitions in dy. Tails of channels are loaded and stored in
/// part.
template <upsampling_geometry G, class T>
void sum_cells(const T* dy, T* dx) {
    constexpr std::size_t L = lanes<T>;
    for (std::size_t h = 0; h < G.height; ++h, dy += G.up_height * G.out_line())
        for (std::size_t w = 0; w < G.width; ++w, dx += G.channels) {
            const T* cells = dy + w * G.up_width * G.channels;
            for (std::size_t c = 0; c < G.channels; c += L) {
                const std::size_t n = std::min(L, G.channels - c);
                simd<T> sum = broadcast(T(0));
                for (std::size_t i = 0; i < G.up_height; ++i)
                    for (std::size_t j = 0; j < G.up_width; ++j)
                        sum = sum + load_partial(cells + i * G.out_line() + j * G.channels + c, n);
                store_partial<T>(dx + c, sum, n);
            }
        }
}

}  // namespace strata::inline STRATA_ISA::kernels
