// conv2d_backward: the data gradient and the weight gradient of a convolution.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/convolution.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/conv/winograd.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Whether the data gradient is a convolution of dy with the mirrored kernel: where strides are 1.
constexpr bool mirrors(const conv2d_geometry& g) { return g.height.stride == 1 && g.width.stride == 1; }

/// The convolution that gives dx from dy where strides are 1. An axis padded by p is padded by span - 1 - p.
constexpr conv2d_geometry mirrored(const conv2d_geometry& g) {
    const auto axis = [](const sliding_axis& a) {
        return sliding_axis{.input = a.output,
                            .kernel = a.kernel,
                            .stride = 1,
                            .dilation = a.dilation,
                            .output = a.input,
                            .before = a.span() - 1 - a.before,
                            .after = a.span() - 1 - a.after};
    };
    return {
        .height = axis(g.height), .width = axis(g.width), .in_channels = g.out_channels, .out_channels = g.in_channels};
}

/// The layout of the weights that conv2d_data_gradient reads, unless Winograd's algorithm transforms them.
template <conv2d_geometry G, class T>
constexpr panels gradient_panels() {
    if constexpr (mirrors(G)) return conv2d_panels<mirrored(G), T>();
    else return transposed_panels<G.depth(), G.out_channels, T>();
}

/// The convolution that computes dx, where strides are 1.
template <conv2d_geometry G, class T>
using gradient_convolution = convolution<mirrored(G), T, winograd_tile(mirrored(G))>;

/// Elements of the output of pack_backward_weights.
template <conv2d_geometry G, class T>
constexpr std::size_t transposed_weights_size() {
    if constexpr (mirrors(G) && gradient_convolution<G, T>::tile > 0) return gradient_convolution<G, T>::packed_size;
    else return gradient_panels<G, T>().stored();
}

/// Elements of scratch of conv2d_data_gradient.
template <conv2d_geometry G, class T>
constexpr std::size_t conv2d_gradient_scratch() {
    if constexpr (mirrors(G))
        return convolution_scratch<T>(mirrored(G), gradient_convolution<G, T>::tile, G.height.input);
    else return G.width.output * G.depth();
}

/// Packs weights (kh kw ic, oc) for conv2d_data_gradient; writes this thread's share. With strides of 1 the taps are
/// mirrored and the matrix of each tap is transposed, and then transformed where Winograd's algorithm is used. With
/// other strides the whole matrix is transposed.
template <conv2d_geometry G, class T>
void pack_backward_weights(const T* weights, T* transposed, thread_slice part) {
    if constexpr (!mirrors(G)) {
        transpose_weights<G.depth(), G.out_channels>(weights, transposed, part);
    } else if constexpr (gradient_convolution<G, T>::tile > 0) {
        winograd_mirrored_weights<mirrored(G), gradient_convolution<G, T>::tile>(weights, transposed, part);
    } else {
        constexpr panels from = conv2d_panels<G, T>(), to = gradient_panels<G, T>();
        constexpr std::size_t taps = G.height.kernel * G.width.kernel;
        const item_range mine = part.of(taps);
        for (std::size_t tap = mine.begin; tap < mine.end; ++tap)
            for (std::size_t oc = 0; oc < G.out_channels; ++oc)
                for (std::size_t ic = 0; ic < G.in_channels; ++ic)
                    transposed[to.offset((taps - 1 - tap) * G.out_channels + oc, ic)] =
                        weights[from.offset(tap * G.in_channels + ic, oc)];
    }
}

/// Adds the gradients of windows to dx: col2im for the outputs `out` of row oh. `columns` (outputs, kh kw ic) holds the
/// gradients. h and w are the axes of G, or a part of their inputs; dx (h.input, w.input, ic) holds that part.
template <conv2d_geometry G, class T>
STRATA_INLINE void scatter_row(const sliding_axis& h, const sliding_axis& w, std::size_t oh, item_range out,
                               const T* columns, T* dx) {
    for (std::size_t ow = out.begin; ow < out.end; ++ow)
        for (std::size_t kh = 0; kh < G.height.kernel; ++kh)
            for (std::size_t kw = 0; kw < G.width.kernel; ++kw, columns += G.in_channels) {
                const std::size_t ih = oh * G.height.stride + kh * G.height.dilation;
                const std::size_t iw = ow * G.width.stride + kw * G.width.dilation;
                if (ih < h.before || ih >= h.before + h.input || iw < w.before || iw >= w.before + w.input) continue;
                T* cell = dx + ((ih - h.before) * w.input + iw - w.before) * G.in_channels;
                for (std::size_t ic = 0; ic < G.in_channels; ++ic) cell[ic] += columns[ic];
            }
}

/// dx (ih, iw, ic) of one sample from dy (oh, ow, oc). dx is overwritten and does not overlap dy. `transposed` is the
/// output of pack_backward_weights. With strides of 1 it is a convolution with the mirrored weights. With other strides
/// it is a matrix product for each output row, added to dx, which spends no time on the zeros between strides. scratch
/// holds conv2d_gradient_scratch<G, T>() elements.
template <conv2d_geometry G, class T>
void conv2d_data_gradient(const T* dy, const T* transposed, T* dx, T* scratch) {
    if constexpr (mirrors(G)) {
        gradient_convolution<G, T>::template rows<linear>(dy, 0, {transposed, transposed, nullptr}, dx,
                                                          item_range{0, G.height.input}, scratch);
    } else {
        constexpr std::size_t row = G.width.output * G.out_channels;
        std::fill_n(dx, G.in_size(), T(0));
        for (std::size_t oh = 0; oh < G.height.output; ++oh) {
            dense_data_gradient<G.depth(), G.out_channels>(G.width.output, dy + oh * row, transposed, scratch);
            scatter_row<G>(G.height, G.width, oh, {0, G.width.output}, scratch, dx);
        }
    }
}

/// dkernel (kh kw ic, oc), in panels, = or += the sum over n samples of the products of inputs and dy (oh, ow, oc);
/// this thread's share of the rows. `first`: it is overwritten. x holds the inputs with their padding; samples lie
/// x_plane elements apart. Up to gradient_slack elements after the last dy are read.
template <conv2d_geometry G, class T>
void conv2d_weight_gradient(std::size_t n, const T* x, std::size_t x_plane, const T* dy, T* dkernel, bool first,
                            thread_slice part) {
    constexpr conv2d_geometry P = without_padding(G);
    constexpr std::size_t F = G.out_channels, NR = panel_vectors<T>(F), width = NR * lanes<T>;
    constexpr tile_input in = conv2d_input(P);
    using rows = gradient_rows<in.length, NR>;
    constexpr gradient_input input{.dy_plane = G.out_size(),
                                   .lines = G.height.output,
                                   .x_line = G.height.stride * P.width.input * G.in_channels,
                                   .dy_line = G.width.output * F,
                                   .count = G.width.output,
                                   .x_step = in.row_step,
                                   .dy_step = F};
    // A run is a part of the kernel's rows whose inputs follow each other in memory; an item is one tile of a run.
    const item_range mine = part.of(in.taps * in.runs * rows::tiles);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        const std::size_t run = item / rows::tiles, tile = item % rows::tiles, row = rows::row(tile);
        gradient_input at = input;
        at.planes = n;
        at.x_plane = x_plane;
        const T* from = x + run / in.runs * in.tap_step + run % in.runs * in.run_step + row;
        for (std::size_t f = 0; f < F; f += width)
            rows::run(tile, at, from, dy + f, dkernel + f * G.depth() + (run * in.length + row) * width,
                      std::min(width, F - f), first);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
