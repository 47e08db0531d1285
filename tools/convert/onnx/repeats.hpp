// Values that are repeated along an axis.
#pragma once

#include "reader.hpp"

namespace convert::onnx_import {

/// The ONNX operator Tile along one axis of a sample: [a, b] becomes [a, b, a, b] where `count` is 2. `file_axis` is the
/// axis in the file's order.
value repeated(reader& r, const value& in, std::size_t file_axis, double count);

}  // namespace convert::onnx_import
