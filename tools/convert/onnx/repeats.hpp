// Values that are repeated along an axis.
#pragma once

#include "reader.hpp"

namespace convert::onnx_import {

/// All values of an axis of the file's sample, `count` times one after the other.
value repeated(reader& r, const value& in, std::size_t file_axis, double count);

}  // namespace convert::onnx_import
