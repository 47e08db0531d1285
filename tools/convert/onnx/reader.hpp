// onnx_import::reader: a graph of ONNX as a graph of operations. Each operator is read by a function of operators.hpp,
// which asks the reader for the node's attributes, constants and values, and adds operations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "../graph.hpp"
#include "../keras.hpp"
#include "constant.hpp"

namespace convert::onnx_import {

/// A value of the ONNX graph: axis i of its samples is axis `order[i]` of the strata value.
struct value {
    std::size_t number = graph::source;
    std::vector<std::size_t> order;
};

/// 0, 1, 2, ...
std::vector<std::size_t> identity_order(std::size_t rank);
/// Channels, the first axis in ONNX, last.
std::vector<std::size_t> channels_last(std::size_t rank);

class reader {
public:
    reader(const onnx::ModelProto& model, const reading_options& options, remarks& notes);

    graph read();

    const onnx::NodeProto& op() const { return *op_; }
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

    /// Input i; null where the graph computes it or the node has none.
    const constant* constant_input(int i) const;
    const constant& require_constant(int i, const char* noun) const;
    array as_array(const constant& from, extents shape) const;
    /// Input i, a constant of `count` values.
    array vector_of(int i, std::size_t count, const char* noun) const;
    /// Makes a constant the node's output.
    void give(const constant& c) { constants_[op_->output(0)] = c; }

    // Values

    value find(const std::string& name) const;
    value input(int i) const;
    bool has_input(int i) const { return i < op_->input_size() && !op_->input(i).empty(); }
    /// The number of nodes that read a value of the file.
    std::size_t readers(const std::string& name) const;
    /// The shape of the strata value.
    const extents& shape(const value& v) const { return graph_.shape_of(v.number); }
    /// Makes a value output i of the node.
    void give(const value& v, int i = 0) { values_[op_->output(i)] = v; }
    /// Adds an operation and gives its number.
    std::size_t add(operation op, std::vector<std::size_t> inputs, std::vector<array> weights = {});

    /// The same value with its axes in another order. Where axes of extent 1 alone move, that is a Reshape.
    value with_order(const value& v, const std::vector<std::size_t>& wanted);
    value in_file_order(const value& v) { return with_order(v, identity_order(v.order.size())); }
    /// For operators on (channels, ...) in ONNX.
    value image(const value& v);
    /// Refuses an axis of the file that is not the strata value's last one.
    void require_last(const value& v, std::int64_t axis) const;

private:
    void read_input();
    void read_node(const onnx::NodeProto& node);
    void refuse_unread_attributes() const;

    const onnx::GraphProto& onnx_;
    const reading_options& options_;
    remarks& notes_;
    std::int64_t opset_ = 0;
    const onnx::NodeProto* op_ = nullptr;
    std::set<std::string> used_;
    std::map<std::string, constant> constants_;
    std::map<std::string, value> values_;
    std::map<std::string, std::size_t> readers_;
    graph graph_;
};

}  // namespace convert::onnx_import
