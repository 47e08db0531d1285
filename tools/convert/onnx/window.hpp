// onnx_import::sliding: the window of a convolution or pooling, with its pads.
#pragma once

#include <cstdint>
#include <vector>

#include "reader.hpp"

namespace convert::onnx_import {

struct sliding {
    pair kernel{1, 1}, strides{1, 1}, dilation{1, 1};
    std::vector<std::int64_t> pads;  // begins of all axes, then ends
    padding_mode padding = padding_mode::valid;
    bool is_explicit = false;  // pads that padding does not say
};

/// The window over `in` of a node with strides, dilations, pads and auto_pad.
sliding read_window(reader& r, const value& in, const std::vector<std::int64_t>& kernel);
/// Says the pads as a padding mode where one means them.
void set_padding(const reader& r, const value& in, sliding& w);
/// The value with its pads around it.
value padded(reader& r, const value& in, const sliding& w, double fill = 0.0);

}  // namespace convert::onnx_import
