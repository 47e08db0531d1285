// Reads a graph node by node.
#include "reader.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "loops.hpp"
#include "operators.hpp"
#include "patterns.hpp"

namespace convert::onnx_import {
namespace {

/// Operators that take (channels, ...): a graph whose input one of them reads takes images or sequences.
const std::set<std::string> image_operators{"Conv",          "MaxPool",           "AveragePool", "GlobalAveragePool",
                                            "GlobalMaxPool", "BatchNormalization"};

const std::set<std::string> recurrent_operators{"LSTM", "GRU", "RNN"};
/// Operators that only move values.
const std::set<std::string> moving_operators{"Concat",  "Gather",    "Identity",  "Reshape", "Slice",
                                             "Squeeze", "Transpose", "Unsqueeze", "Split"};

/// The inputs of a node, and the values that its bodies read.
std::vector<std::string> inputs_of(const onnx::NodeProto& node) {
    std::vector<std::string> names = captured_names(node);
    names.insert(names.end(), node.input().begin(), node.input().end());
    return names;
}

/// `a, b`.
std::string names_of(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& name : values) text += (text.empty() ? "" : ", ") + printable(name);
    return text;
}

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

reader::reader(const onnx::ModelProto& model, std::uint64_t bytes, const std::filesystem::path& folder,
               const reading_options& options, remarks& notes)
    : onnx_(model.graph()), producer_(model.producer_name()), options_(options), notes_(notes), files_{folder}, budget_(bytes) {
    for (const auto& set : model.opset_import())
        if (set.domain().empty() || set.domain() == "ai.onnx") opset_ = set.version();
}

reader::~reader() = default;

graph reader::read() {
    if (opset_ < 13 || opset_ > 25)
        throw problem("has opset " + std::to_string(opset_) +
                      "; strata-convert reads 13 to 25, convert the file with "
                      "onnx.version_converter");
    for (const auto& tensor : onnx_.initializer()) tensors_[tensor.name()] = &tensor;
    if (onnx_.sparse_initializer_size() > 0) throw problem("has sparse tensors; save it with dense ones");
    find_output();
    fold_all();
    const std::vector<bool> needed = needed_nodes();
    for (int i = 0; i < onnx_.node_size(); ++i)
        if (const auto& node = onnx_.node(i); needed[static_cast<std::size_t>(i)]) {
            if (const auto found = patterns_.find(&node); found != patterns_.end()) ++readers_[found->second.input];
            else
                for (const auto& name : inputs_of(node)) ++readers_[name];
        }
    find_states(needed);
    read_inputs();
    for (int i = 0; i < onnx_.node_size(); ++i) {
        const auto& node = onnx_.node(i);
        if (!needed[static_cast<std::size_t>(i)]) continue;
        try {
            read_node(node);
        } catch (const problem& found) {
            const std::string text = found.what();
            if (text.starts_with("layer \"") || text.starts_with("node \"")) throw;
            throw problem("node \"" + printable(node.name()) + "\" (" + printable(node.op_type()) + "): " + text);
        }
    }
    read_output();
    return std::move(graph_);
}

void reader::fold_all() {
    for (const auto& node : onnx_.node()) {
        op_ = &node;
        used_.clear();
        const bool is_default = node.domain().empty() || node.domain() == "ai.onnx";
        if (!is_default || node.output_size() < 1) continue;
        try {
            if (node.op_type() == "Constant") read_constant(*this);
            else if (node.op_type() != "Shape" && node.op_type() != "Size") fold_constants(*this);
        } catch (const problem&) {  // said when the node is read, if it is needed
        }
    }
}

std::set<std::string> reader::values_of_shapes() const {
    std::set<std::string> found;
    for (const auto& node : onnx_.node()) {
        const bool asks = node.op_type() == "Shape" || node.op_type() == "Size";
        bool reads_shape = false, reads_value = false;
        for (const auto& name : node.input()) {
            const bool is_shape = found.contains(name);
            reads_shape = reads_shape || is_shape;
            reads_value = reads_value || (!is_shape && !name.empty() && find_constant(name) == nullptr);
        }
        if (asks || (reads_shape && !reads_value)) found.insert(node.output().begin(), node.output().end());
    }
    return found;
}

std::vector<bool> reader::needed_nodes() {
    producers from;
    const std::set<std::string> shapes = values_of_shapes();
    for (const auto& node : onnx_.node())
        for (const auto& output : node.output()) from[output] = &node;
    std::set<std::string> wanted{output_};
    std::vector<bool> needed(static_cast<std::size_t>(onnx_.node_size()));
    for (int i = onnx_.node_size(); i-- > 0;) {
        const auto& node = onnx_.node(i);
        const bool is_needed = std::any_of(node.output().begin(), node.output().end(),
                                           [&](const auto& name) { return wanted.contains(name); });
        needed[static_cast<std::size_t>(i)] = is_needed;
        if (!is_needed) continue;
        auto found = shapes.contains(node.output(0)) ? std::nullopt : find_pattern(*this, from, node);
        if (found) {
            wanted.insert(found->input);
            patterns_.emplace(&node, std::move(*found));
        } else {
            const auto inputs = inputs_of(node);
            wanted.insert(inputs.begin(), inputs.end());
        }
    }
    return needed;
}

void reader::find_output() {
    // The last states of recurrent layers, and those in other shapes.
    std::set<std::string> states;
    for (const auto& node : onnx_.node()) {
        const bool is_recurrent = recurrent_operators.contains(node.op_type());
        const bool moves =
            moving_operators.contains(node.op_type()) && node.input_size() > 0 &&
            std::all_of(node.input().begin(), node.input().end(),
                        [&](const auto& name) { return states.contains(name) || tensors_.contains(name); }) &&
            states.contains(node.input(0));
        for (int i = is_recurrent ? 1 : 0; i < node.output_size(); ++i)
            if ((is_recurrent || moves) && !node.output(i).empty()) states.insert(node.output(i));
    }
    std::vector<std::string> outputs, left_out;
    for (const auto& output : onnx_.output())
        (onnx_.output_size() > 1 && states.contains(output.name()) ? left_out : outputs).push_back(output.name());
    if (!options_.output.empty()) {
        if (std::none_of(onnx_.output().begin(), onnx_.output().end(),
                         [&](const auto& output) { return output.name() == options_.output; }))
            throw problem("has no output \"" + printable(options_.output) + "\"; it has " + names_of(outputs));
        output_ = options_.output;
        return;
    }
    // The labels of a classifier are integers or texts beside its probabilities.
    std::string labels;
    if (outputs.size() == 2)
        for (const auto& output : onnx_.output()) {
            const int type = output.type().tensor_type().elem_type();
            if (output.name() == outputs[0] && (type == onnx::TensorProto::INT64 || type == onnx::TensorProto::STRING))
                labels = output.name();
        }
    if (!labels.empty()) {
        outputs.erase(outputs.begin());
        remark("the labels (" + printable(labels) + ") are left out: the class of the largest output is the label");
    }
    if (outputs.size() != 1)
        throw problem("has " + std::to_string(onnx_.output_size()) +
                      " outputs; strata's nets have one; choose with --output: " + names_of(outputs));
    output_ = outputs[0];
    if (!left_out.empty())
        remark("the last states of its recurrent layers (" + printable(left_out[0]) +
               ") are left out; model.stream() keeps them");
}

void reader::find_states(const std::vector<bool>& needed) {
    std::map<std::string, std::vector<std::pair<const onnx::NodeProto*, int>>> uses;
    for (int i = 0; i < onnx_.node_size(); ++i)
        for (const auto& name : captured_names(onnx_.node(i)))
            if (needed[static_cast<std::size_t>(i)]) uses[name].emplace_back(&onnx_.node(i), 0);
    for (int i = 0; i < onnx_.node_size(); ++i)
        for (int k = 0; needed[static_cast<std::size_t>(i)] && k < onnx_.node(i).input_size(); ++k)
            uses[onnx_.node(i).input(k)].emplace_back(&onnx_.node(i), k);
    for (const auto& input : onnx_.input()) {
        std::vector<std::string> open{input.name()};
        std::set<std::string> reached{input.name()};
        bool is_state = !tensors_.contains(input.name()) && uses.contains(input.name());
        while (is_state && !open.empty()) {
            const std::string name = open.back();
            open.pop_back();
            for (const auto& [node, k] : uses[name]) {
                if (recurrent_operators.contains(node->op_type()) && k >= 5) continue;
                if (!moving_operators.contains(node->op_type()) || k != 0) is_state = false;
                for (const auto& output : node->output())
                    if (reached.insert(output).second) open.push_back(output);
            }
            is_state = is_state && name != output_;
        }
        if (is_state) states_.insert(reached.begin(), reached.end());
    }
}

bool reader::is_read(int output) const {
    return output < op_->output_size() && !op_->output(output).empty() &&
           (readers(op_->output(output)) > 0 || op_->output(output) == output_);
}

void reader::read_output() {
    op_ = nullptr;
    const value last = find(output_);
    if (last.batch != 0) throw problem("gives an output whose first axis is not the batch");
    if (options_.has_any_length && last.order == std::vector<std::size_t>{1, 0}) {
        graph_.output_axes = last.order;
        graph_.output = last.number;
        remark("the file's output has channels first; a stream gives the channels of each step");
    } else {
        graph_.output = in_file_order(last).number;
    }
    if (options_.has_any_length) open_steps();
}

void reader::remark(const std::string& text) {
    if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(text);
}

const constant* reader::find_constant(const std::string& name) const {
    if (const auto found = constants_.find(name); found != constants_.end()) return &found->second;
    const auto tensor = tensors_.find(name);
    return tensor == tensors_.end() ? nullptr : &(constants_[name] = parsed(*tensor->second));
}

const constant* reader::constant_input(int i) const {
    const constant* found = constant_or_batch(i);
    return found == nullptr || found->depends_on_batch() ? nullptr : found;
}

void reader::give(constant c, int output) {
    constants_[op_->output(output)] = std::move(c);
}

const constant& reader::require_constant(int i, const char* noun) const {
    if (!has_input(i)) throw problem("has too few inputs: no " + std::string(noun) + "; the file is damaged");
    const constant* found = constant_input(i);
    if (found == nullptr)
        throw problem(std::string("its ") + noun + " is computed by the graph; strata's are constants");
    return *found;
}

const constant& reader::require_kernel(int i, const char* noun) const {
    const constant& found = require_constant(i, noun);
    if (found.values.empty()) throw problem(std::string("its ") + noun + " has no values; the file is damaged");
    return found;
}

array reader::as_array(const constant& from, extents shape) const {
    if (from.values.empty()) throw problem("has a weight without values; the file is damaged");
    budget_.claim({from.values.size()});
    array result{.shape = std::move(shape)};
    if (options_.wants_doubles) result.doubles = from.values;
    else result.floats.assign(from.values.begin(), from.values.end());
    return result;
}

array reader::filled(double value, std::size_t count) const {
    budget_.claim({count});
    array result{.shape = {count}};
    if (options_.wants_doubles) result.doubles.assign(count, value);
    else result.floats.assign(count, static_cast<float>(value));
    return result;
}

const std::string& reader::input_name(int i) const {
    if (i >= op_->input_size()) throw problem("has too few inputs; the file is damaged");
    return op_->input(i);
}

const onnx::AttributeProto* reader::attribute(const char* name) {
    used_.insert(name);
    for (const auto& each : op_->attribute())
        if (each.name() == name) return &each;
    return nullptr;
}

std::int64_t reader::integer(const char* name, std::int64_t usual) {
    const auto* found = attribute(name);
    if (found != nullptr && !found->has_i() && found->type() != onnx::AttributeProto::INT)
        throw problem(std::string("its ") + name + " is no integer; the file is damaged");
    return found == nullptr ? usual : found->i();
}

double reader::real(const char* name, double usual) {
    const auto* found = attribute(name);
    if (found != nullptr && ((!found->has_f() && found->type() != onnx::AttributeProto::FLOAT) || !std::isfinite(found->f())))
        throw problem(std::string("its ") + name + " is no finite number; the file is damaged");
    return found == nullptr ? usual : static_cast<double>(found->f());
}

std::string reader::text(const char* name, const char* usual) {
    const auto* found = attribute(name);
    if (found != nullptr && !found->has_s() && found->type() != onnx::AttributeProto::STRING)
        throw problem(std::string("its ") + name + " is no text; the file is damaged");
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

const value* reader::find_value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

void reader::give(const value& v, int output) {
    const std::string& name = op_->output(output);
    values_[name] = v;
    if (readers(name) + (name == output_ ? 1 : 0) > 1) shared_.insert(v.number);
}

value reader::find(const std::string& name) const {
    const value* found = find_value(name);
    if (found == nullptr)
        throw problem("reads \"" + printable(name) +
                      "\", which is computed from no input of the net, or by an operator that was left out");
    if (found->is_reversed)
        throw problem("reads a sequence backwards; strata-convert reads recurrent layers that do, not others");
    return *found;
}

value reader::any_input(int i) const {
    value found = find(input_name(i));
    if (found.one_hot != 0)
        throw problem("reads the classes of OneHot; strata-convert reads their product with a matrix alone");
    return found;
}

value reader::input(int i) const {
    value found = any_input(i);
    if (found.batch != 0 || found.merged != 0)
        throw problem(
            "its input does not have the batch as an axis of its own, the first one; strata's nets work on one sample");
    return found;
}

extents reader::file_shape(const value& v) const {
    extents result;
    for (const std::size_t axis : v.order) result.push_back(shape(v)[axis]);
    return result;
}

std::size_t reader::sample_axis(const value& v, std::int64_t axis) const {
    const auto rank = static_cast<std::int64_t>(v.order.size()) + 1;
    const std::int64_t at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) throw problem("has the axis " + std::to_string(axis) + ", which its input lacks");
    if (at == static_cast<std::int64_t>(v.batch)) throw problem("works on the batch; strata's nets work on one sample");
    return static_cast<std::size_t>(at) - (at > static_cast<std::int64_t>(v.batch) ? 1 : 0);
}

std::size_t reader::add(operation op, std::vector<std::size_t> inputs, std::vector<array> weights) {
    // A reshape of a reshape, and one back to the shape before it, need no layer of their own.
    if (const auto* target = std::get_if<reshape>(&op)) {
        while (inputs[0] != graph::source && std::holds_alternative<reshape>(graph_.nodes[inputs[0]].op))
            inputs[0] = graph_.nodes[inputs[0]].inputs[0];
        if (target->target == graph_.shape_of(inputs[0])) return inputs[0];
    }
    node made{.name = op_ == nullptr ? "" : printable(op_->name()),
              .type = op_ == nullptr ? "" : op_->op_type(),
              .op = std::move(op),
              .inputs = std::move(inputs),
              .place = graph_.nodes.size(),
              .weights = std::move(weights)};
    made.output = output_shape(made.op, graph_.input_shapes(made));
    shared_.insert(made.inputs.begin(), made.inputs.end());
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
    value moved_value = v;
    moved_value.order = wanted;
    moved_value.number = std::is_sorted(moved.begin(), moved.end()) ? add(reshape{target}, {v.number})
                                                                    : add(permute{permutation}, {v.number});
    return moved_value;
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

void reader::read_inputs() {
    std::vector<const onnx::ValueInfoProto*> inputs;
    for (const auto& each : onnx_.input()) {
        if (tensors_.contains(each.name())) continue;
        if (is_state(each.name()))
            remark("the state \"" + printable(each.name()) +
                   "\" is left out: the net begins at zeros, and model.stream() keeps its states");
        else if (onnx_.input_size() == 1 || readers(each.name()) > 0 || each.name() == output_) inputs.push_back(&each);
        else remark("the input \"" + printable(each.name()) + "\" is not read and left out");
    }
    if (inputs.size() != 1) throw problem("has " + std::to_string(inputs.size()) + " inputs; strata's nets have one");
    read_input(*inputs[0]);
}

void reader::read_input(const onnx::ValueInfoProto& input) {
    using proto = onnx::TensorProto;
    const auto& type = input.type().tensor_type();
    static const std::set<int> floats{proto::FLOAT, proto::DOUBLE, proto::FLOAT16, proto::BFLOAT16},
        integers{proto::INT64, proto::INT32, proto::INT16, proto::INT8, proto::UINT8, proto::UINT16, proto::UINT32};
    const bool is_integer = integers.contains(type.elem_type());
    if (!is_integer && !floats.contains(type.elem_type()))
        throw problem("its input is no tensor of floats or integers; strata's are");
    if (is_integer) remark("the file's input are integers; the net takes floats that hold them");
    const int rank = type.shape().dim_size() - 1;
    if (rank < 1) throw problem("its input has no batch and sample; expected (batch, ...)");
    if (type.shape().dim(0).has_dim_value() && type.shape().dim(0).dim_value() > 0)
        batch_ = static_cast<std::size_t>(type.shape().dim(0).dim_value());
    extents shape;
    std::optional<std::size_t> open;  // the steps of a sequence
    for (int axis = 0; axis < rank; ++axis) {
        const auto& dim = type.shape().dim(axis + 1);
        const std::size_t at = static_cast<std::size_t>(axis);
        if (options_.input && options_.input->size() == static_cast<std::size_t>(rank))
            shape.push_back((*options_.input)[at]);
        else if (dim.has_dim_value() && dim.dim_value() > 0) shape.push_back(static_cast<std::size_t>(dim.dim_value()));
        else if (rank == 2 && !open) {
            open = at;
            shape.push_back(static_cast<std::size_t>(options_.steps));
        } else
            throw problem(
                "leaves an axis of its input open; give the shape of a sample, in the file's order, with "
                "--input-shape");
    }
    element_count(shape);
    std::vector<std::size_t> order = identity_order(shape.size());
    const bool is_image = rank == 2 || rank == 3;
    const auto reads = [](const onnx::NodeProto& node, const std::string& name) {
        return node.input_size() > 0 && node.input(0) == name;
    };
    const auto reads_image = [&](const onnx::NodeProto& node, const std::string& name) {
        return image_operators.contains(node.op_type()) && reads(node, name);
    };
    // The operator may read it after a Pad.
    const auto takes_images = [&](const onnx::NodeProto& node) {
        const bool pads = node.op_type() == "Pad" && node.output_size() > 0 && reads(node, input.name());
        return reads_image(node, input.name()) ||
               (pads && std::any_of(onnx_.node().begin(), onnx_.node().end(),
                                    [&](const auto& next) { return reads_image(next, node.output(0)); }));
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
    if (open && order[*open] != 0)
        throw problem("leaves an axis of its input open that is not the steps; give the shape of a sample, in the "
                      "file's order, with --input-shape");
    values_[input.name()] = {.number = graph::source, .order = order, .is_integer = is_integer};
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

void reader::read_pattern(const pattern& found) {
    value in = find(found.input);
    if (std::holds_alternative<identity>(found.layer)) {
        if (!in.is_integer) throw problem("changes negative values, as of indices, that are no integers");
        remark("negative indices count from the end in the file; the Embedding of the net takes those from 0 on");
        return give(in);
    }
    if (in.is_integer) throw problem("computes with integers; strata's nets take them as indices of an Embedding alone");
    std::vector<array> weights;
    if (found.axis) {
        const auto rank = static_cast<std::int64_t>(in.order.size());
        if (in.batch != 0 || in.merged != 0 || (*found.axis != -1 && *found.axis != rank))
            throw problem("ends a normalization over an axis that is not the last one; strata normalizes the last one");
        in = in_file_order(in);
        const auto& made = std::get<sample_normalization>(found.layer);
        const std::size_t channels = shape(in).back();
        if (made.kind == sample_normalization::form::rms)
            weights.push_back(filled(1.0, channels));
        for (const std::string& name : {found.gamma, found.beta}) {
            if (name.empty()) continue;
            const constant* c = find_constant(name);
            if (c == nullptr || c->values.size() != channels)
                throw problem("has factors or offsets that are not those of each channel");
            weights.push_back(as_array(*c, {channels}));
        }
    }
    give(like(in, add(found.layer, {in.number}, std::move(weights))));
}

std::string reader::function_name(const std::string& name, const std::string& body) {
    const auto [at, is_new] = functions_.try_emplace({name, body});
    if (is_new) {
        const std::size_t count = ++function_counts_[name];
        at->second = count == 1 ? name : name + "_" + std::to_string(count);
    }
    return at->second;
}

void reader::read_node(const onnx::NodeProto& node) {
    op_ = &node;
    used_.clear();
    const bool is_of_learning = node.domain() == "ai.onnx.ml";
    if (!node.domain().empty() && node.domain() != "ai.onnx" && !is_of_learning)
        throw problem("is of the domain " + printable(node.domain()));
    if (node.output_size() < 1) throw problem("has no output; the file is damaged");
    if (node.input_size() > 0 && is_state(node.input(0))) return;
    if (constants_.contains(node.output(0))) {
        const value* like = node.op_type() == "CastLike" && node.input_size() > 1 ? find_value(node.input(1)) : nullptr;
        if (like != nullptr && like->is_integer) throw problem("makes an integer of a number of another type");
        return;
    }
    if (const auto found = patterns_.find(&node); found != patterns_.end()) return read_pattern(found->second);
    if (fold_constants(*this)) return refuse_unread_attributes();
    const operator_function read =
        is_of_learning ? learning_function_of(node.op_type()) : function_of(node.op_type());
    if (read == nullptr)
        throw problem(
            "is an operator that strata-convert does not read; docs/convert.md lists the operators; convert the "
            ".keras file where there is one");
    static const std::set<std::string> of_integers{"Gather", "Cast", "OneHot",  "Identity", "Reshape", "Equal", "Expand",
                                                   "Squeeze", "Unsqueeze", "Flatten", "Transpose"};
    for (const auto& name : node.input())
        if (const value* each = find_value(name);
            each != nullptr && each->is_integer && !of_integers.contains(node.op_type()))
            throw problem("computes with integers; strata's nets take them as indices of an Embedding alone");
    read(*this);
    refuse_unread_attributes();
}

}  // namespace convert::onnx_import
