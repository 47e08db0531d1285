// A Reshape of ONNX that moves no axis where it need not.
#pragma once

#include "reader.hpp"

namespace convert::onnx_import {

/// The value with the file's shape `target`, which has as many elements. Axes that are split or merged stay where they
/// lie; a Permute is added only where axes that are merged do not follow each other. A value of a channel shuffle,
/// (channels, height, width) to (groups, channels of each, height, width), keeps its channels last.
value reshaped(reader& r, value in, const extents& target);

}  // namespace convert::onnx_import
