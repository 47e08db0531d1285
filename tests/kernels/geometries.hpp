// Geometries of the kernels' tests: sizes of a map, a window, strides and padding as kernels take them.
#pragma once

#include <cstddef>

#include <strata/core/window.hpp>
#include <strata/kernels/conv/geometry.hpp>

namespace strata::inline STRATA_ISA::kernels {

constexpr conv2d_geometry conv(std::size_t h, std::size_t w, std::size_t ic, std::size_t oc, window kernel,
                               window stride, window dilation, padding_mode mode) {
    return {.height = slide(h, kernel.height, stride.height, dilation.height, mode),
            .width = slide(w, kernel.width, stride.width, dilation.width, mode),
            .in_channels = ic,
            .out_channels = oc};
}

constexpr pool2d_geometry pool(std::size_t h, std::size_t w, std::size_t channels, window kernel, window stride,
                               padding_mode mode, window dilation = 1) {
    return {.height = slide(h, kernel.height, stride.height, dilation.height, mode),
            .width = slide(w, kernel.width, stride.width, dilation.width, mode),
            .channels = channels};
}

}  // namespace strata::inline STRATA_ISA::kernels
