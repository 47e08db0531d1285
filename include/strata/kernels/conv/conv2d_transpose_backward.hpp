// conv2d_transpose_backward: the data gradient and the weight gradient of a transposed convolution. G is the
// convolution whose data gradient the transposed convolution is.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d.hpp>
#include <strata/kernels/conv/conv2d_transpose.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/gemm/weight_gradient.hpp>
#include <strata/kernels/simd/simd.hpp>
#include <strata/kernels/simd/tile.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// dx (oh, ow, oc) of one sample from dy (ih, iw, ic). This is the convolution G with the weights as they are. scratch
/// holds conv2d_scratch<T>(G) elements.
template <conv2d_geometry G, class T>
void conv2d_transpose_data_gradient(const T* dy, const T* weights, T* dx, T* scratch) {
    conv2d<G, linear>(dy, weights, null_bias<T>, dx, scratch);
}

/// The last samples of x that conv2d_transpose_weight_gradient copies to scratch: those within gradient_slack elements
/// of the end of x.
template <conv2d_geometry G, class T>
inline constexpr std::size_t copied_samples = (gradient_slack<T> + G.out_size() - 1) / G.out_size();

/// Elements of scratch of conv2d_transpose_weight_gradient: these samples, and gradient_slack elements after them.
template <conv2d_geometry G, class T>
constexpr std::size_t conv2d_transpose_gradient_scratch() {
    return copied_samples<G, T> * G.out_size() + gradient_slack<T>;
}

/// dkernel (kh kw ic, oc), in panels, = or += the sum over `count` samples of the products of dy (ih, iw, ic) and x
/// (oh, ow, oc); this thread's share of the rows. `first`: it is overwritten. Tiles load whole vectors of x and may
/// read past its end. So the last samples are copied to scratch, which holds conv2d_transpose_gradient_scratch<G, T>()
/// elements.
template <conv2d_geometry G, class T>
void conv2d_transpose_weight_gradient(std::size_t count, const T* x, const T* dy, T* dkernel, bool first,
                                      thread_slice part, T* scratch) {
    constexpr std::size_t F = G.in_channels, C = G.out_channels, NR = panel_vectors<T>(C), width = NR * lanes<T>;
    using rows = gradient_rows<F, NR>;
    const std::size_t copied = std::min(count, copied_samples<G, T>), direct = count - copied;
    std::copy_n(x + direct * G.out_size(), copied * G.out_size(), scratch);
    std::fill_n(scratch + copied * G.out_size(), gradient_slack<T>, T(0));
    const auto add = [&](std::size_t item, std::size_t samples, const T* from, const T* to_gradient, bool overwrite) {
        const std::size_t tap = item / rows::tiles, tile = item % rows::tiles, row = rows::row(tile);
        const std::size_t kh = tap / G.width.kernel, kw = tap % G.width.kernel;
        const item_range h = outputs_of(G.height, kh), w = outputs_of(G.width, kw);
        gradient_input in{.planes = samples,
                          .x_plane = G.in_size(),
                          .dy_plane = G.out_size(),
                          .lines = h.end > h.begin && w.end > w.begin ? h.size() : 0,
                          .x_line = G.height.stride * G.width.input * F,
                          .dy_line = G.width.output * C,
                          .count = w.end > w.begin ? w.size() : 0,
                          .x_step = G.width.stride * F,
                          .dy_step = C};
        if (in.lines > 0) {
            const std::size_t yh = h.begin * G.height.stride + kh * G.height.dilation - G.height.before;
            const std::size_t yw = w.begin * G.width.stride + kw * G.width.dilation - G.width.before;
            to_gradient += (yh * G.width.input + yw) * F + row;
            from += (h.begin * G.width.output + w.begin) * C;
        }
        for (std::size_t c = 0; c < C; c += width)
            rows::run(tile, in, to_gradient, from + c, dkernel + c * G.depth() + (tap * F + row) * width,
                      std::min(width, C - c), overwrite);
    };
    const item_range mine = part.of(G.height.kernel * G.width.kernel * rows::tiles);
    for (std::size_t item = mine.begin; item < mine.end; ++item) {
        if (direct > 0) add(item, direct, x, dy, first);
        add(item, copied, scratch, dy + direct * G.in_size(), first && direct == 0);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
