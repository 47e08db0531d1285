// Bodies of loops.
#pragma once

#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace convert::onnx_import {

/// The values of the graph around a node that its bodies read without naming them among its inputs.
std::vector<std::string> captured_names(const onnx::NodeProto& node);

}  // namespace convert::onnx_import
