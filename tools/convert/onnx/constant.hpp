// onnx_import::constant: a tensor of a file.
#pragma once

#include <cstddef>
#include <vector>

#include <onnx/onnx_pb.h>

#include "../operation.hpp"
#include "../problem.hpp"

namespace convert::onnx_import {

/// A constant with its values as doubles, the last axis contiguous.
struct constant {
    std::vector<std::size_t> shape;
    std::vector<double> values;
};

/// The values of a tensor of floats or integers. Refuses one that claims more values than it holds.
constant parse(const onnx::TensorProto& tensor);
/// A constant with its axes in another order: axis j of the result is axis order[j].
constant permuted(const constant& from, const std::vector<std::size_t>& order);

}  // namespace convert::onnx_import
