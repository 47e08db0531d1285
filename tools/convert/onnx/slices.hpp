// Parts and edges of an axis.
#pragma once

#include <cstdint>

#include "reader.hpp"

namespace convert::onnx_import {

/// Adds edges to an axis of the file's sample, or takes them away, as `edges` says.
value bordered(reader& r, const value& in, std::size_t file_axis, borders edges, std::int64_t before,
               std::int64_t after);
/// Positions [begin, end) of an axis of the file's sample.
value part_of(reader& r, const value& in, std::size_t file_axis, std::size_t begin, std::size_t end);

}  // namespace convert::onnx_import
