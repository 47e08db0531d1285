// transposed_convolution: one interface to the algorithms of a transposed convolution.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/conv2d_backward.hpp>
#include <strata/kernels/conv/conv2d_transpose.hpp>
#include <strata/kernels/conv/convolution.hpp>
#include <strata/kernels/conv/geometry.hpp>
#include <strata/kernels/conv/winograd.hpp>
#include <strata/kernels/elementwise/activation.hpp>
#include <strata/kernels/elementwise/elementwise.hpp>
#include <strata/kernels/gemm/dense_backward.hpp>
#include <strata/kernels/reference/reference_conv2d_transpose.hpp>
#include <strata/kernels/simd/simd.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// phases: a direct convolution for each phase of the outputs. columns: one matrix product with a column for each tap
/// and filter, whose results are added to the outputs (col2im). winograd: Winograd's algorithm.
enum class transpose_method { phases, columns, winograd };

/// The fastest method. With few filters most lanes of `phases` are empty; the columns of `columns` fill them, but each
/// product is loaded, added and stored once more. Windows of 3x3 without strides are left to Winograd's algorithm,
/// unless `direct`.
template <class T>
constexpr transpose_method transpose_method_of(const conv2d_geometry& g, bool direct) {
    const auto padded = [](std::size_t columns) { return (columns + lanes<T> - 1) / lanes<T> * lanes<T>; };
    const std::size_t taps = g.height.kernel * g.width.kernel;
    if (2 * taps * padded(g.in_channels) > 3 * padded(taps * g.in_channels)) return transpose_method::columns;
    if (!direct && mirrors(g) && winograd_tile(mirrored(g)) > 0) return transpose_method::winograd;
    return transpose_method::phases;
}

/// Elements of scratch of a method.
template <class T>
constexpr std::size_t transposed_scratch(const conv2d_geometry& g, transpose_method method) {
    if (method == transpose_method::columns) return g.width.output * g.depth();
    if (method == transpose_method::phases) return conv2d_transpose_scratch<T>(g);
    return convolution_scratch<T>(mirrored(g), winograd_tile(mirrored(g)), g.height.input);
}

/// The split of a map into parts: Rows rows each, or, for a map of one row, one pixel each.
template <conv2d_geometry G, std::size_t Rows = 1>
struct transposed_parts {
    static constexpr std::size_t count = is_one_row(G) ? G.width.input : (G.height.input + Rows - 1) / Rows;

    static constexpr item_range rows(item_range parts) {
        if (is_one_row(G)) return {0, 1};
        return {.begin = parts.begin * Rows, .end = std::min(parts.end * Rows, G.height.input)};
    }
    static constexpr item_range columns(item_range parts) {
        return is_one_row(G) ? parts : item_range{0, G.width.input};
    }
    /// The pixels of a range of parts, which are contiguous.
    static constexpr item_range pixels(item_range parts) {
        const item_range r = rows(parts), c = columns(parts);
        return {.begin = r.begin * G.width.input + c.begin, .end = (r.end - 1) * G.width.input + c.end};
    }
};

/// A transposed convolution by one method: y = activation(transposed convolution of x + bias). pack_weights packs
/// weights in transpose_panels and writes this thread's share. run computes a range of parts of the map: x and y are
/// the whole maps, unpadded, of any alignment, and do not overlap; `weights` is the output of pack_weights; bias is in
/// panels and may be null; scratch holds transposed_scratch<T>(G, Method) elements.
template <conv2d_geometry G, class T, transpose_method Method>
struct transposed_convolution {
    using parts = transposed_parts<G>;
    static constexpr std::size_t packed_size = phase_weights_size<G, T>();

    static constexpr void pack_weights(const T* weights, T* split, thread_slice part) {
        pack_phase_weights<G>(weights, split, part);
    }
    template <class Activation>
    static void run(const T* x, const T* weights, const T* bias, T* y, item_range range, T* scratch) {
        conv2d_transpose<G, Activation>(restricted_to(G.height, parts::rows(range)),
                                        restricted_to(G.width, parts::columns(range)), x, weights, bias,
                                        y + parts::pixels(range).begin * G.in_channels, scratch);
    }
};

template <conv2d_geometry G, class T>
struct transposed_convolution<G, T, transpose_method::columns> {
    using parts = transposed_parts<G>;
    static constexpr std::size_t packed_size = transposed_panels<G.depth(), G.out_channels, T>().stored();

    static constexpr void pack_weights(const T* weights, T* transposed, thread_slice part) {
        transpose_weights<G.depth(), G.out_channels>(weights, transposed, part);
    }
    template <class Activation>
    static void run(const T* x, const T* weights, const T* bias, T* y, item_range range, T* scratch) {
        constexpr std::size_t F = G.in_channels, C = G.out_channels;
        const sliding_axis height = restricted_to(G.height, parts::rows(range)),
                           width = restricted_to(G.width, parts::columns(range));
        const item_range rows = outputs_reading(height), columns = outputs_reading(width);
        const std::size_t size = parts::pixels(range).size() * F;
        y += parts::pixels(range).begin * F;
        for (std::size_t i = 0; i < size; i += F)
            for (std::size_t f = 0; f < F; ++f) y[i + f] = bias != nullptr ? bias[f] : T(0);
        for (std::size_t h = rows.begin; h < rows.end; ++h) {
            dense_data_gradient<G.depth(), C>(columns.size(), x + (h * G.width.output + columns.begin) * C, weights,
                                              scratch);
            scatter_row<G>(height, width, h, columns, scratch, y);
        }
        if constexpr (!std::is_same_v<Activation, linear>) elementwise<Activation>(size, y, y);
    }
};

template <conv2d_geometry G, class T>
struct transposed_convolution<G, T, transpose_method::winograd> {
    static constexpr std::size_t tile = winograd_tile(mirrored(G));
    using method = convolution<mirrored(G), T, tile>;
    using parts = transposed_parts<G, tile>;
    static constexpr std::size_t packed_size = method::packed_size;

    static constexpr void pack_weights(const T* weights, T* transformed, thread_slice part) {
        winograd_mirrored_weights<mirrored(G), tile>(weights, transformed, part);
    }
    template <class Activation>
    static void run(const T* x, const T* weights, const T* bias, T* y, item_range range, T* scratch) {
        method::template rows<Activation>(x, 0, {weights, weights, bias},
                                          y + parts::pixels(range).begin * G.in_channels, parts::rows(range), scratch);
    }
};

/// The whole map y (ih, iw, filters); in constant evaluation by plain loops from the weights that are not packed.
template <class Method, conv2d_geometry G, class Activation, class T>
constexpr void convolve_transposed(const T* x, const T* weights, const T* packed, const T* bias, T* y, T* scratch) {
    if (std::is_constant_evaluated())
        reference::conv2d_transpose<Activation>(G, transpose_panels<G, T>(), x, weights, bias, y);
    else Method::template run<Activation>(x, packed, bias, y, {0, Method::parts::count}, scratch);
}

}  // namespace strata::inline STRATA_ISA::kernels
