// onnx_import::constant: a tensor of a file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include <onnx/onnx_pb.h>

#include "../operation.hpp"
#include "../problem.hpp"

namespace convert::onnx_import {

/// A constant with its values as doubles, the last axis contiguous.
struct constant {
    std::vector<std::size_t> shape{};
    std::vector<double> values{};
    bool is_integer = false;
    /// Value i is a multiple of the batch where has_batch[i] is true: values[i] is the factor. Empty: none is.
    std::vector<bool> has_batch{};

    bool depends_on_batch() const;
};

/// The product of extents; a problem beyond `most_constant_values`.
std::size_t value_count(const std::vector<std::size_t>& shape);
/// Bounds the memory of a graph that makes large constants of small ones.
inline constexpr std::size_t most_constant_values = std::size_t{1} << 28;

/// The values of a tensor of floats, integers or truth values. Refuses one that claims more values than it holds. A
/// tensor with its data in another file is read from `folder`; a location outside of it is refused.
constant parse(const onnx::TensorProto& tensor, const std::filesystem::path& folder);
/// A constant with its axes in another order: axis j of the result is axis order[j].
constant permuted(const constant& from, const std::vector<std::size_t>& order);

}  // namespace convert::onnx_import
