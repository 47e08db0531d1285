// onnx_import::pattern: a function that the file writes as several nodes, and that strata has as one layer.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "../operation.hpp"
#include "reader.hpp"

namespace convert::onnx_import {

/// The layer that computes a node's output from the value `input`. Finds GELU, SiLU, Mish and other activations, and
/// LayerNormalization and RMSNormalization over the last axis; they are compared in a normal form, exactly but for the
/// last digits of their numbers.
struct pattern {
    operation layer;
    std::string input;
    std::optional<std::int64_t> axis;  // of the file, which must be the last one
    std::string gamma{}, beta{};       // constants of a normalization
};

/// The nodes of a graph by their outputs.
using producers = std::map<std::string, const onnx::NodeProto*>;

/// Indices that count from the end where they are negative, `x < 0 ? x + n : x`, as `x`: a pattern with an identity.
std::optional<pattern> find_index_pattern(const reader& r, const producers& from, const onnx::NodeProto& node);

/// The pattern that ends in a node, where there is one.
std::optional<pattern> find_pattern(const reader& r, const producers& from, const onnx::NodeProto& node);

}  // namespace convert::onnx_import
