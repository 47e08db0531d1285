// depthwise_parts: a depthwise convolution of a map of one row (a sequence), in parts for several threads.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/geometry.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The number of parts of a map of one row: tiles, or pixels where the row is not tiled. Other maps are one part.
template <depthwise_geometry G>
inline constexpr std::size_t depthwise_parts =
    !is_one_row(G)                         ? 1
    : depthwise_row<repeated(G)>::is_tiled ? depthwise_row<repeated(G)>::tiles
                                           : G.width.output;
template <depthwise_geometry G>
constexpr item_range depthwise_columns(item_range parts) {
    return depthwise_row<repeated(G)>::is_tiled ? depthwise_row<repeated(G)>::split_columns.rows(parts) : parts;
}

/// Some of the depthwise_parts<G> parts of a map of one row. x and y point to the start of the row. scratch holds
/// depthwise_scratch(G, 1) elements: columns have the same positions in it as in the row. Weights are as in
/// depthwise_conv2d_rows.
template <depthwise_geometry G, class Activation, class T>
void depthwise_conv2d_row(const T* x, const T* weights, const T* bias, T* y, item_range parts,
                          [[maybe_unused]] T* scratch) {
    if constexpr (G.multiplier > 1) {
        const item_range read = rows_read(G.width, depthwise_columns<G>(parts));
        repeat_channels<G.multiplier>(read.size() * G.channels, x + read.begin * G.channels,
                                      scratch + read.begin * G.out_channels());
        depthwise_conv2d_row<repeated(G), Activation>(scratch, weights, bias, y, parts, scratch);
    } else if constexpr (depthwise_row<G>::is_tiled) {
        depthwise_tiled_rows<G, false, depthwise_row<G>::largest.rows, Activation>(0, x, 0, weights, bias, y, parts);
    } else {
        depthwise_pixels<G, false, Activation>(0, x, 0, weights, bias, y + parts.begin * G.channels, parts);
    }
}

}  // namespace strata::inline STRATA_ISA::kernels
