// onnx_import::reader: a graph of ONNX as a graph of operations. Each operator is read by a function of operators.hpp,
// which asks the reader for the node's attributes, constants and values, and adds operations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "../graph.hpp"
#include "../problem.hpp"
#include "constant.hpp"

namespace convert::onnx_import {

/// A value of the ONNX graph: axis i of its samples is axis `order[i]` of the strata value.
struct value {
    std::size_t number = graph::source;
    std::vector<std::size_t> order{};
    std::size_t batch = 0;  // the file's axis of the batch
    std::size_t merged =
        0;  // the first axes of a sample that the file has merged with the batch: (batch steps, features)
    bool is_integer = false;  // indices, which few operators take
    bool is_reversed = false;  // its steps, the first axis, stand in the other order in the file
    std::size_t one_hot = 0;  // classes: it is the index, and the file's value has one number for each class
};

/// 0, 1, 2, ...
std::vector<std::size_t> identity_order(std::size_t rank);
/// Channels, the first axis in ONNX, last.
std::vector<std::size_t> channels_last(std::size_t rank);

struct pattern;

class reader {
public:
    /// `folder` is that of the file, for tensors in other files.
    /// `bytes` is the size of the file.
    reader(const onnx::ModelProto& model, std::uint64_t bytes, const std::filesystem::path& folder,
           const reading_options& options, remarks& notes);

    ~reader();

    graph read();

    const onnx::GraphProto& file() const { return onnx_; }
    const onnx::NodeProto& op() const { return *op_; }
    /// The program that wrote the file.
    const std::string& producer() const { return producer_; }
    /// The extent of the file's batch, where it has one.
    std::optional<std::size_t> batch() const { return batch_; }
    void remark(const std::string& text);
    graph& net() { return graph_; }

    // Attributes. One that no function has asked for is refused after the node.

    const onnx::AttributeProto* attribute(const char* name);
    std::int64_t integer(const char* name, std::int64_t usual);
    double real(const char* name, double usual);
    std::string text(const char* name, const char* usual);
    /// `count` numbers of at least 0, each `usual` where the node does not say them.
    std::vector<std::int64_t> integers(const char* name, std::size_t count, std::int64_t usual);
    void ignore_attributes(std::initializer_list<const char*> names) { used_.insert(names.begin(), names.end()); }

    // Constants

    /// Asked before values are made of few bytes of the file.
    value_budget& budget() const { return budget_; }
    constant parsed(const onnx::TensorProto& tensor) const { return parse(tensor, files_, budget_); }
    /// A constant of the file, or one that was computed of constants; null where there is none of that name. Values may
    /// be multiples of the batch.
    const constant* find_constant(const std::string& name) const;
    const constant* constant_or_batch(int i) const { return has_input(i) ? find_constant(op_->input(i)) : nullptr; }
    /// Input i; null where the graph computes it, where it depends on the batch, or where the node has none.
    const constant* constant_input(int i) const;
    const constant& require_constant(int i, const char* noun) const;
    /// The kernel of a layer: a constant that has values.
    const constant& require_kernel(int i, const char* noun) const;
    /// A weight.
    array as_array(const constant& from, extents shape) const;
    /// A weight of equal values.
    array filled(double value, std::size_t count) const;
    /// Input i, a constant of `count` values.
    array vector_of(int i, std::size_t count, const char* noun) const;
    /// Makes a constant an output of the node.
    void give(constant c, int output = 0);

    // Values

    const value* find_value(const std::string& name) const;
    value find(const std::string& name) const;
    /// Input i, with the batch as its first axis.
    value input(int i) const;
    /// Input i, with the batch anywhere.
    value any_input(int i) const;
    bool is_value(int i) const { return has_input(i) && find_value(op_->input(i)) != nullptr; }
    /// The name of input i; a problem where the node has fewer inputs.
    const std::string& input_name(int i) const;
    bool has_input(int i) const { return i < op_->input_size() && !op_->input(i).empty(); }
    /// Whether a needed node reads output i, or the net gives it.
    bool is_read(int output) const;
    /// Whether a value is the state of a recurrent layer, which the file takes as an input.
    bool is_state(const std::string& name) const { return states_.contains(name); }
    /// The number of needed nodes that read a value of the file.
    std::size_t readers(const std::string& name) const;
    /// Whether another layer reads a strata value, or will: it may have several names in the file.
    bool is_shared(std::size_t number) const { return shared_.contains(number); }
    /// The shape of the strata value.
    const extents& shape(const value& v) const { return graph_.shape_of(v.number); }
    /// The file's shape of a sample.
    extents file_shape(const value& v) const;
    /// A value of the same axes, batch and order.
    value like(const value& v, std::size_t number) const { return {number, v.order, v.batch, v.merged, v.is_integer}; }
    /// Layers of factors and offsets of channels, which a later product or sum may change.
    void set_affine(std::size_t number) { affine_.insert(number); }
    bool is_affine(std::size_t number) const { return affine_.contains(number); }
    /// The name of a function object: `name`, with a number where another body has it.
    std::string function_name(const std::string& name, const std::string& body);
    /// Makes a value an output of the node.
    void give(const value& v, int output = 0);
    /// Axis `axis` of the file, from the end where it is negative, as an axis of a sample. Refuses the batch.
    std::size_t sample_axis(const value& v, std::int64_t axis) const;
    /// Adds an operation and gives its number.
    std::size_t add(operation op, std::vector<std::size_t> inputs, std::vector<array> weights = {});

    /// The same value with its axes in another order. Where axes of extent 1 alone move, that is a Reshape.
    value with_order(const value& v, const std::vector<std::size_t>& wanted);
    value in_file_order(const value& v) { return with_order(v, identity_order(v.order.size())); }
    /// For operators on (channels, ...) in ONNX.
    value image(const value& v);
    /// (batch, 1, features) as (steps, 1, features): the file's first axis becomes the steps of the net.
    value batch_as_steps(const value& in);
    /// Refuses an axis of the file that is not the strata value's last one.
    void require_last(const value& v, std::int64_t axis) const;

private:
    void find_output();
    void find_states(const std::vector<bool>& needed);
    /// The values that are computed of shapes alone.
    std::set<std::string> values_of_shapes() const;
    /// Marks the nodes that the output needs.
    std::vector<bool> needed_nodes();
    void fold_all();
    void read_pattern(const pattern& found);
    void read_inputs();
    void read_input(const onnx::ValueInfoProto& input);
    void read_output();
    /// Leaves the number of steps open, for streams.
    void open_steps();
    void read_node(const onnx::NodeProto& node);
    void refuse_unread_attributes() const;

    const onnx::GraphProto& onnx_;
    const std::string& producer_;
    const reading_options& options_;
    remarks& notes_;
    mutable tensor_files files_;
    mutable value_budget budget_;
    std::int64_t opset_ = 0;
    std::optional<std::size_t> batch_;
    bool has_steps_ = false;  // the file's batch has become the steps
    const onnx::NodeProto* op_ = nullptr;
    std::set<std::string> used_;
    std::map<std::string, const onnx::TensorProto*> tensors_;
    mutable std::map<std::string, constant> constants_;  // tensors are parsed at their first use
    std::map<std::string, value> values_;
    std::set<std::string> states_;
    std::set<std::size_t> affine_, shared_;
    std::map<std::pair<std::string, std::string>, std::string> functions_;  // names by their first names and bodies
    std::map<std::string, std::size_t> function_counts_;
    std::map<const onnx::NodeProto*, pattern> patterns_;
    std::string output_;
    std::map<std::string, std::size_t> readers_;
    graph graph_;
};

}  // namespace convert::onnx_import
