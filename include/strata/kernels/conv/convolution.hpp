// convolution: one interface to the algorithms of a two-dimensional convolution: the direct kernel and Winograd's. The
// folder holds all convolutions: full, grouped, depthwise, separable and transposed, with their gradients.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/conv/winograd.hpp>
#include <strata/kernels/reference/reference.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Elements of scratch for `rows` output rows by Winograd's algorithm in tiles of `tile`, or, for 0, by the direct
/// kernel.
template <class T>
constexpr std::size_t convolution_scratch(const conv2d_geometry& g, std::size_t tile, std::size_t rows) {
    return tile == 0 ? conv2d_scratch<T>(g, rows) : plan_winograd<T>(g, tile).scratch(rows);
}

/// A convolution by Winograd's algorithm in tiles of Tile by Tile outputs. Tile 0 is the direct kernel.
/// winograd_tile(G) chooses between them.
template <conv2d_geometry G, class T, std::size_t Tile>
struct convolution {
    static constexpr std::size_t tile = Tile;
    /// `rows` starts at multiples of it.
    static constexpr std::size_t row_multiple = Tile;
    /// Elements of the transformed weights.
    static constexpr std::size_t packed_size = plan_winograd<T>(G, Tile).packed_size();

    static constexpr void pack_weights(const T* weights, T* transformed, thread_slice part) {
        winograd_weights<G, Tile>(weights, transformed, part);
    }
    /// Output rows `out` of y (oh, ow, oc) = activation(convolution of x (ih, iw, ic) + bias). out.begin is a multiple
    /// of row_multiple. x points to input row in_begin, y to output row out.begin; both are unpadded. y does not
    /// overlap x. scratch holds convolution_scratch<T>(G, Tile, out.size()) elements.
    template <class Activation>
    static STRATA_INLINE void rows(const T* x, std::size_t in_begin, const convolution_weights<T>& w, T* y,
                                   item_range out, T* scratch) {
        winograd_rows<G, Tile, Activation>(x, in_begin, w.packed, w.bias, y, out, scratch);
    }
};

template <conv2d_geometry G, class T>
struct convolution<G, T, 0> {
    static constexpr std::size_t tile = 0;
    static constexpr std::size_t row_multiple = 1;
    static constexpr std::size_t packed_size = 0;

    static constexpr void pack_weights(const T*, T*, thread_slice) {}
    template <class Activation>
    static STRATA_INLINE void rows(const T* x, std::size_t in_begin, const convolution_weights<T>& w, T* y,
                                   item_range out, T* scratch) {
        conv2d_rows<G, Activation>(x, in_begin, w.kernel, w.bias, y, out, scratch);
    }
};

/// The whole map y (oh, ow, oc); in constant evaluation by plain loops from the weights that are not packed.
template <class Convolution, conv2d_geometry G, class Activation, class T>
constexpr void convolve(const T* x, const T* weights, const T* transformed, const T* bias, T* y, T* scratch) {
    if (std::is_constant_evaluated()) {
        reference::conv2d<Activation>(G, conv2d_panels<G, T>(), x, weights, bias, y);
    } else {
        Convolution::template rows<Activation>(x, 0, {weights, transformed, bias}, y, item_range{0, G.height.output},
                                               scratch);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
