// depthwise_parts: a depthwise convolution of a map of one row, part by part.
#pragma once

#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/kernels/conv/depthwise.hpp>
#include <strata/kernels/conv/geometry.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// The parts that a map of one row can be made in, and the columns of some of them: tiles, or pixels. Other maps are
/// one part.
template <depthwise_geometry G>
inline constexpr std::size_t depthwise_parts =
    !is_one_row(G)                         ? 1
    : depthwise_row<repeated(G)>::is_tiled ? depthwise_row<repeated(G)>::tiles
                                           : G.width.output;
template <depthwise_geometry G>
constexpr item_range depthwise_columns(item_range parts) {
    return depthwise_row<repeated(G)>::is_tiled ? depthwise_row<repeated(G)>::cut.rows(parts) : parts;
}

/// Some parts of a map of one row, of depthwise_parts<G>; x and y begin at the row's begin. In scratch too the columns
/// have the places that they have in the row.
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
