// onnx_import::constant: a tensor of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
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

/// The product of extents. A problem where those that are not 0 make more than 2^31 - 1, or where the axes are more than
/// 64.
std::size_t value_count(const std::vector<std::size_t>& shape);

/// Bounds the values that a conversion makes of a file: constants that its nodes compute, and weights. A million are free;
/// each byte of the file allows four more.
class value_budget {
public:
    explicit value_budget(std::uint64_t bytes) : left_(std::uint64_t{1} << 20) { add_file(bytes); }

    /// Allows the values of a file more.
    void add_file(std::uint64_t bytes) { left_ += 4 * bytes; }
    /// The values of a shape, which are made next. A problem where those that are left are fewer.
    std::size_t claim(const std::vector<std::size_t>& shape);

private:
    std::uint64_t left_;
};

/// Files of tensors whose data are outside of the model.
struct tensor_files {
    std::filesystem::path folder;  // of the model
    std::set<std::filesystem::path> known{};
};

/// The values of a tensor of floats, integers or truth values. Refuses one that claims more values than it holds. A
/// tensor with its data in another file is read from the model's folder; a location outside of it is refused.
constant parse(const onnx::TensorProto& tensor, tensor_files& files, value_budget& budget);
/// A value as an integer; refuses NaN.
std::int64_t whole(double value);
std::vector<std::int64_t> whole_values(const constant& from);
/// An axis, counted from the end where it is negative, of so many.
std::size_t axis_of(std::int64_t axis, std::size_t rank);
/// Several axes; refuses one that is named twice.
std::set<std::size_t> distinct_axes(const std::vector<std::int64_t>& stated, std::size_t rank);
/// A constant with its axes in another order: axis j of the result is axis order[j].
constant permuted(const constant& from, const std::vector<std::size_t>& order);

}  // namespace convert::onnx_import
