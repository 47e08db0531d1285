// Reads a graph node by node.
#include "reader.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "operators.hpp"

namespace convert::onnx_import {
namespace {

/// Operators that take (channels, ...): a graph whose input one of them reads takes images or sequences.
const std::set<std::string> image_operators{"Conv",          "MaxPool",           "AveragePool", "GlobalAveragePool",
                                            "GlobalMaxPool", "BatchNormalization"};

}  // namespace

std::vector<std::size_t> identity_order(std::size_t rank) {
    std::vector<std::size_t> order(rank);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

std::vector<std::size_t> channels_last(std::size_t rank) {
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) order[i] = i == 0 ? rank - 1 : i - 1;
    return order;
}

reader::reader(const onnx::ModelProto& model, const reading_options& options, remarks& notes)
    : onnx_(model.graph()), options_(options), notes_(notes) {
    for (const auto& set : model.opset_import())
        if (set.domain().empty() || set.domain() == "ai.onnx") opset_ = set.version();
}

graph reader::read() {
    if (opset_ < 13 || opset_ > 25)
        throw problem("has opset " + std::to_string(opset_) +
                      "; strata-convert reads 13 to 25, convert the file with "
                      "onnx.version_converter");
    for (const auto& tensor : onnx_.initializer()) constants_[tensor.name()] = parse(tensor);
    read_input();
    for (const auto& node : onnx_.node())
        for (const auto& name : node.input()) ++readers_[name];
    for (const auto& node : onnx_.node()) {
        try {
            read_node(node);
        } catch (const problem& found) {
            const std::string text = found.what();
            if (text.starts_with("layer \"") || text.starts_with("node \"")) throw;
            throw problem("node \"" + printable(node.name()) + "\" (" + printable(node.op_type()) + "): " + text);
        }
    }
    if (onnx_.output_size() != 1)
        throw problem("has " + std::to_string(onnx_.output_size()) +
                      " outputs; strata's nets have one; cut the others off");
    op_ = nullptr;
    const value last = in_file_order(find(onnx_.output(0).name()));
    graph_.output = last.number;
    return std::move(graph_);
}

const constant* reader::constant_input(int i) const {
    if (i >= op_->input_size()) return nullptr;
    const auto found = constants_.find(op_->input(i));
    return found == constants_.end() ? nullptr : &found->second;
}

const constant& reader::require_constant(int i, const char* noun) const {
    const constant* found = constant_input(i);
    if (found == nullptr)
        throw problem(std::string("its ") + noun + " is computed by the graph; strata's are constants");
    return *found;
}

array reader::as_array(const constant& from, extents shape) const {
    array result{.shape = std::move(shape)};
    if (options_.wants_doubles) result.doubles = from.values;
    else result.floats.assign(from.values.begin(), from.values.end());
    return result;
}

const onnx::AttributeProto* reader::attribute(const char* name) {
    used_.insert(name);
    for (const auto& each : op_->attribute())
        if (each.name() == name) return &each;
    return nullptr;
}

std::int64_t reader::integer(const char* name, std::int64_t usual) {
    const auto* found = attribute(name);
    return found == nullptr ? usual : found->i();
}

double reader::real(const char* name, double usual) {
    const auto* found = attribute(name);
    return found == nullptr ? usual : static_cast<double>(found->f());
}

std::string reader::text(const char* name, const char* usual) {
    const auto* found = attribute(name);
    return found == nullptr ? usual : found->s();
}

std::vector<std::int64_t> reader::integers(const char* name, std::size_t count, std::int64_t usual) {
    const auto* found = attribute(name);
    std::vector<std::int64_t> values(count, usual);
    if (found != nullptr) values.assign(found->ints().begin(), found->ints().end());
    constexpr std::int64_t most = 1 << 24;
    for (const std::int64_t each : values)
        if (each < 0 || each > most) throw problem(std::string("its ") + name + " are out of range");
    if (values.size() != count)
        throw problem(std::string("its ") + name + " have another number of axes than its input");
    return values;
}

void reader::refuse_unread_attributes() const {
    for (const auto& each : op_->attribute())
        if (!used_.contains(each.name()))
            throw problem("has the attribute " + printable(each.name()) +
                          ", which strata-convert does not know; it may change numbers");
}

value reader::find(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end())
        throw problem("reads \"" + printable(name) +
                      "\", which is computed from no input of the net, or by an operator that was left out");
    return found->second;
}

value reader::input(int i) const {
    if (i >= op_->input_size()) throw problem("has too few inputs; the file is damaged");
    return find(op_->input(i));
}

std::size_t reader::add(operation op, std::vector<std::size_t> inputs, std::vector<array> weights) {
    node made{.name = op_ == nullptr ? "" : printable(op_->name()),
              .type = op_ == nullptr ? "" : op_->op_type(),
              .op = std::move(op),
              .inputs = std::move(inputs),
              .place = graph_.nodes.size(),
              .weights = std::move(weights)};
    made.output = output_shape(made.op, graph_.input_shapes(made));
    graph_.nodes.push_back(std::move(made));
    return graph_.nodes.size() - 1;
}

value reader::with_order(const value& v, const std::vector<std::size_t>& wanted) {
    if (v.order == wanted) return v;
    std::vector<int> permutation(wanted.size());
    extents target(wanted.size());
    for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
        permutation[wanted[axis]] = static_cast<int>(v.order[axis]) + 1;
        target[wanted[axis]] = shape(v)[v.order[axis]];
    }
    std::vector<int> moved;
    for (const int axis : permutation)
        if (shape(v)[static_cast<std::size_t>(axis) - 1] != 1) moved.push_back(axis);
    if (std::is_sorted(moved.begin(), moved.end())) return {add(reshape{target}, {v.number}), wanted};
    return {add(permute{permutation}, {v.number}), wanted};
}

value reader::image(const value& v) {
    if (v.order.size() != 2 && v.order.size() != 3)
        throw problem("its input has " + std::to_string(v.order.size()) +
                      " axes, expected (channels, steps) or (channels, height, width)");
    return with_order(v, channels_last(v.order.size()));
}

void reader::require_last(const value& v, std::int64_t axis) const {
    const auto rank = static_cast<std::int64_t>(v.order.size());
    const std::int64_t at = axis < 0 ? axis + rank : axis - 1;
    if (at < 0 || at >= rank || v.order[static_cast<std::size_t>(at)] + 1 != v.order.size())
        throw problem("works on axis " + std::to_string(axis) + "; strata's layer works on the last one alone");
}

void reader::read_input() {
    std::vector<const onnx::ValueInfoProto*> inputs;
    for (const auto& each : onnx_.input())
        if (!constants_.contains(each.name())) inputs.push_back(&each);
    if (inputs.size() != 1) throw problem("has " + std::to_string(inputs.size()) + " inputs; strata's nets have one");
    const auto& type = inputs[0]->type().tensor_type();
    if (type.elem_type() != onnx::TensorProto::FLOAT && type.elem_type() != onnx::TensorProto::DOUBLE)
        throw problem("its input is no tensor of floats; strata's are");
    const int rank = type.shape().dim_size() - 1;
    if (rank < 1) throw problem("its input has no batch and sample; expected (batch, ...)");
    extents shape;
    for (int axis = 0; axis < rank; ++axis) {
        const auto& dim = type.shape().dim(axis + 1);
        const std::size_t at = static_cast<std::size_t>(axis);
        if (options_.input && options_.input->size() == static_cast<std::size_t>(rank))
            shape.push_back((*options_.input)[at]);
        else if (dim.has_dim_value() && dim.dim_value() > 0) shape.push_back(static_cast<std::size_t>(dim.dim_value()));
        else
            throw problem(
                "leaves an axis of its input open; give the shape of a sample, in the file's order, with "
                "--input-shape");
    }
    element_count(shape);
    std::vector<std::size_t> order = identity_order(shape.size());
    const bool is_image = rank == 2 || rank == 3;
    const auto takes_images = [&](const onnx::NodeProto& node) {
        return image_operators.contains(node.op_type()) && node.input_size() > 0 && node.input(0) == inputs[0]->name();
    };
    graph_.input = shape;
    if (is_image && std::any_of(onnx_.node().begin(), onnx_.node().end(), takes_images)) {
        order = channels_last(shape.size());
        for (std::size_t axis = 0; axis < shape.size(); ++axis) graph_.input[order[axis]] = shape[axis];
        graph_.input_axes.resize(shape.size());
        for (std::size_t axis = 0; axis < shape.size(); ++axis) graph_.input_axes[order[axis]] = axis;
        notes_.push_back("the file's input is " + shape_text(shape) + " with channels first; the net takes " +
                         shape_text(graph_.input));
    }
    values_[inputs[0]->name()] = {graph::source, order};
}

std::size_t reader::readers(const std::string& name) const {
    const auto found = readers_.find(name);
    return found == readers_.end() ? 0 : found->second;
}

array reader::vector_of(int i, std::size_t count, const char* noun) const {
    const constant& found = require_constant(i, noun);
    if (found.values.size() != count)
        throw problem(std::string("its ") + noun + " has " + std::to_string(found.values.size()) +
                      " values, expected " + std::to_string(count));
    return as_array(found, {count});
}

void reader::read_node(const onnx::NodeProto& node) {
    op_ = &node;
    used_.clear();
    if (!node.domain().empty() && node.domain() != "ai.onnx")
        throw problem("is of the domain " + printable(node.domain()));
    const operator_function read = function_of(node.op_type());
    if (read == nullptr)
        throw problem(
            "is an operator that strata-convert does not read; docs/convert.md lists the operators; convert the "
            ".keras file where there is one");
    if (node.output_size() < 1) throw problem("has no output; the file is damaged");
    read(*this);
    refuse_unread_attributes();
}

}  // namespace convert::onnx_import

// namespace convert::onnx_import
