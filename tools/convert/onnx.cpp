// The front end for ONNX: graphs of dense layers, convolutions, poolings and activations, as tf2onnx and torch.onnx
// write them. Images are channels last in strata: each value has an order of axes, and Permute layers are added where
// an operator needs ONNX's order.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "keras.hpp"

#if defined(STRATA_CONVERT_ONNX)
#include <onnx/onnx_pb.h>

namespace convert {

namespace {

/// A value of the ONNX graph: axis i of its samples is axis `order[i]` of the strata value.
struct value {
    std::size_t number = graph::source;
    std::vector<std::size_t> order;
};

std::vector<std::size_t> identity_order(std::size_t rank) {
    std::vector<std::size_t> order(rank);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}
/// Channels, the first axis in ONNX, last.
std::vector<std::size_t> channels_last(std::size_t rank) {
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) order[i] = i == 0 ? rank - 1 : i - 1;
    return order;
}

/// A constant with its values as doubles.
struct constant {
    std::vector<std::size_t> shape;
    std::vector<double> values;
};

class onnx_reader {
public:
    onnx_reader(const onnx::ModelProto& model, const reading_options& options, remarks& notes)
        : onnx_(model.graph()), options_(options), notes_(notes) {
        for (const auto& set : model.opset_import())
            if (set.domain().empty() || set.domain() == "ai.onnx") opset_ = set.version();
    }

    graph read() {
        if (opset_ < 13 || opset_ > 25)
            throw problem("has opset " + std::to_string(opset_) +
                          "; strata-convert reads 13 to 25, convert the file with "
                          "onnx.version_converter");
        for (const auto& tensor : onnx_.initializer()) constants_[tensor.name()] = parse(tensor);
        read_input();
        for (const auto& node : onnx_.node())
            for (const auto& name : node.input()) ++readers_[name];
        for (const auto& node : onnx_.node()) {
            op_ = &node;
            used_.clear();
            try {
                read_node();
                refuse_unread_attributes();
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

private:
    // Constants

    static constant parse(const onnx::TensorProto& tensor) {
        constant result;
        if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
            throw problem("has the tensor \"" + printable(tensor.name()) +
                          "\" in another file; save it with its data inside");
        std::size_t count = 1;
        const std::size_t bytes = static_cast<std::size_t>(tensor.ByteSizeLong());
        for (const auto extent : tensor.dims()) {
            if (extent < 0 || (extent > 0 && count > bytes / static_cast<std::size_t>(extent)))
                throw problem("has the tensor \"" + printable(tensor.name()) +
                              "\", which claims more values than it holds");
            result.shape.push_back(static_cast<std::size_t>(extent));
            count *= static_cast<std::size_t>(extent);
        }
        const auto take = [&](const auto& typed, auto element) {
            using T = decltype(element);
            const std::string& raw = tensor.raw_data();
            if (raw.size() == count * sizeof(T) && typed.size() == 0) {
                for (std::size_t i = 0; i < count; ++i) {
                    std::memcpy(&element, raw.data() + i * sizeof(T), sizeof(T));
                    result.values.push_back(static_cast<double>(element));
                }
            } else {
                for (const auto each : typed) result.values.push_back(static_cast<double>(each));
            }
        };
        if (tensor.data_type() == onnx::TensorProto::FLOAT) take(tensor.float_data(), float{});
        else if (tensor.data_type() == onnx::TensorProto::DOUBLE) take(tensor.double_data(), double{});
        else if (tensor.data_type() == onnx::TensorProto::INT64) take(tensor.int64_data(), std::int64_t{});
        else if (tensor.data_type() == onnx::TensorProto::INT32) take(tensor.int32_data(), std::int32_t{});
        else
            throw problem("has the tensor \"" + printable(tensor.name()) +
                          "\" of a type that is no float and no integer");
        if (result.values.size() != count)
            throw problem("has the tensor \"" + printable(tensor.name()) +
                          "\" without its values; the file is damaged");
        return result;
    }
    const constant* constant_input(int i) const {
        if (i >= op_->input_size()) return nullptr;
        const auto found = constants_.find(op_->input(i));
        return found == constants_.end() ? nullptr : &found->second;
    }
    const constant& require_constant(int i, const char* noun) const {
        const constant* found = constant_input(i);
        if (found == nullptr)
            throw problem(std::string("its ") + noun + " is computed by the graph; strata's are constants");
        return *found;
    }
    array as_array(const constant& from, extents shape) const {
        array result{.shape = std::move(shape)};
        if (options_.wants_doubles) result.doubles = from.values;
        else result.floats.assign(from.values.begin(), from.values.end());
        return result;
    }
    /// A constant with its axes in another order: axis j of the result is axis order[j].
    static constant permuted(const constant& from, const std::vector<std::size_t>& order) {
        constant to;
        std::vector<std::size_t> steps(from.shape.size(), 1), at(from.shape.size(), 0);
        for (std::size_t axis = from.shape.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * from.shape[axis];
        for (const std::size_t axis : order) to.shape.push_back(from.shape[axis]);
        for (std::size_t i = 0; i < from.values.size(); ++i) {
            std::size_t offset = 0;
            for (std::size_t j = 0; j < order.size(); ++j) offset += at[j] * steps[order[j]];
            to.values.push_back(from.values[offset]);
            for (std::size_t j = order.size(); j-- > 0 && ++at[j] == to.shape[j];) at[j] = 0;
        }
        return to;
    }

    // Attributes: each is read, or refused

    const onnx::AttributeProto* attribute(const char* name) {
        used_.insert(name);
        for (const auto& each : op_->attribute())
            if (each.name() == name) return &each;
        return nullptr;
    }
    std::int64_t integer(const char* name, std::int64_t usual) {
        const auto* found = attribute(name);
        return found == nullptr ? usual : found->i();
    }
    double real(const char* name, double usual) {
        const auto* found = attribute(name);
        return found == nullptr ? usual : static_cast<double>(found->f());
    }
    std::string text(const char* name, const char* usual) {
        const auto* found = attribute(name);
        return found == nullptr ? usual : found->s();
    }
    std::vector<std::int64_t> integers(const char* name, std::size_t count, std::int64_t usual) {
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
    void refuse_unread_attributes() const {
        for (const auto& each : op_->attribute())
            if (!used_.contains(each.name()))
                throw problem("has the attribute " + printable(each.name()) +
                              ", which strata-convert does not know; it may change numbers");
    }

    // Values

    value find(const std::string& name) const {
        const auto found = values_.find(name);
        if (found == values_.end())
            throw problem("reads \"" + printable(name) +
                          "\", which is computed from no input of the net, or by an operator that was left out");
        return found->second;
    }
    value input(int i) const {
        if (i >= op_->input_size()) throw problem("has too few inputs; the file is damaged");
        return find(op_->input(i));
    }
    const extents& shape(const value& v) const { return graph_.shape_of(v.number); }
    extents file_shape(const value& v) const {
        extents result;
        for (const std::size_t axis : v.order) result.push_back(shape(v)[axis]);
        return result;
    }
    void give(const value& v) { values_[op_->output(0)] = v; }

    std::size_t add(operation op, std::vector<std::size_t> inputs, std::vector<array> weights = {}) {
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
    /// The same value with its axes in another order. Where axes of extent 1 alone move, that is a Reshape.
    value with_order(const value& v, const std::vector<std::size_t>& wanted) {
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
    value in_file_order(const value& v) { return with_order(v, identity_order(v.order.size())); }
    /// For operators on (channels, ...) in ONNX.
    value image(const value& v) {
        if (v.order.size() != 2 && v.order.size() != 3)
            throw problem("its input has " + std::to_string(v.order.size()) +
                          " axes, expected (channels, steps) or (channels, height, width)");
        return with_order(v, channels_last(v.order.size()));
    }
    void require_last(const value& v, std::int64_t axis) {
        const auto rank = static_cast<std::int64_t>(v.order.size());
        const std::int64_t at = axis < 0 ? axis + rank : axis - 1;
        if (at < 0 || at >= rank || v.order[static_cast<std::size_t>(at)] + 1 != v.order.size())
            throw problem("works on axis " + std::to_string(axis) + "; strata's layer works on the last one alone");
    }

    void read_input() {
        std::vector<const onnx::ValueInfoProto*> inputs;
        for (const auto& each : onnx_.input())
            if (!constants_.contains(each.name())) inputs.push_back(&each);
        if (inputs.size() != 1)
            throw problem("has " + std::to_string(inputs.size()) + " inputs; strata's nets have one");
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
            else if (dim.has_dim_value() && dim.dim_value() > 0)
                shape.push_back(static_cast<std::size_t>(dim.dim_value()));
            else
                throw problem(
                    "leaves an axis of its input open; give the shape of a sample, in the file's order, with "
                    "--input-shape");
        }
        element_count(shape);
        std::vector<std::size_t> order = identity_order(shape.size());
        const bool is_image = rank == 2 || rank == 3;
        const auto takes_images = [&](const onnx::NodeProto& node) {
            static const std::set<std::string> types{
                "Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization"};
            return types.contains(node.op_type()) && node.input_size() > 0 && node.input(0) == inputs[0]->name();
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

    // Operators

    void read_node() {
        const std::string& type = op_->op_type();
        if (!op_->domain().empty() && op_->domain() != "ai.onnx")
            throw problem("is of the domain " + printable(op_->domain()));
        if (type == "Constant") {
            const auto* tensor = attribute("value");
            if (tensor == nullptr) throw problem("is a constant that is no tensor");
            constants_[op_->output(0)] = parse(tensor->t());
            return;
        }
        if (type == "Identity" || type == "Dropout") {
            used_.insert({"seed", "ratio"});
            if (type == "Dropout" && op_->input_size() > 2 && constant_input(2) != nullptr &&
                constant_input(2)->values != std::vector<double>{0.0})
                throw problem("drops values at inference");
            if (const constant* copied = constant_input(0)) constants_[op_->output(0)] = constant(*copied);
            else give(input(0));
        } else if (type == "Conv") read_conv();
        else if (type == "MaxPool" || type == "AveragePool") read_pool(type == "MaxPool");
        else if (type == "GlobalMaxPool" || type == "GlobalAveragePool") {
            const value in = image(input(0));
            const std::size_t axes = in.order.size() - 1;
            const std::size_t pooled = add(global_pooling{type == "GlobalMaxPool", axes}, {in.number});
            extents target(axes, 1);
            target.push_back(shape(in).back());
            give({add(reshape{target}, {pooled}), in.order});
        } else if (type == "ConvTranspose") read_transposed_conv();
        else if (type == "PRelu") read_prelu();
        else if (type == "Pad") read_pad();
        else if (type == "BatchNormalization") read_batch_normalization();
        else if (type == "Gemm") read_gemm();
        else if (type == "MatMul") read_matmul();
        else if (type == "Add" || type == "Sub" || type == "Mul" || type == "Div" || type == "Max" || type == "Min")
            read_arithmetic();
        else if (type == "Concat") read_concat();
        else if (type == "Flatten" || type == "Reshape" || type == "Squeeze" || type == "Unsqueeze") read_reshape();
        else if (type == "Transpose") read_transpose();
        else if (type == "Softmax" || type == "LogSoftmax") {
            value in = input(0);
            const std::int64_t axis = integer("axis", -1);
            const auto rank = static_cast<std::int64_t>(in.order.size());
            if (axis == -1 || axis == rank) in = in_file_order(in);
            require_last(in, axis);
            give({add(activation{type}, {in.number}), in.order});
        } else if (type == "Neg") {
            const value in = input(0);
            give({add(rescaling{-1.0, 0.0}, {in.number}), in.order});
        } else read_activation();
    }

    void read_activation() {
        const std::string& type = op_->op_type();
        static const std::map<std::string, std::string> plain{
            {"Relu", "ReLU"},         {"Sigmoid", "Sigmoid"}, {"Tanh", "Tanh"},          {"Softplus", "Softplus"},
            {"Softsign", "Softsign"}, {"Exp", "Exponential"}, {"HardSwish", "HardSiLU"}, {"Mish", "Mish"}};
        const auto is_near = [](double a, double b) { return std::fabs(a - b) <= 1e-6 * std::fabs(b); };
        std::string function;
        if (const auto found = plain.find(type); found != plain.end()) function = found->second;
        else if (type == "LeakyRelu") function = "LeakyReLU<" + number_text(real("alpha", 0.01f)) + ">";
        else if (type == "Elu" && real("alpha", 1.0) == 1.0) function = "ELU";
        else if (type == "Selu" && is_near(real("alpha", 1.67326319217681884765625), 1.6732632) &&
                 is_near(real("gamma", 1.05070102214813232421875), 1.050701))
            function = "SELU";
        else if (type == "HardSigmoid" && is_near(real("alpha", 0.2), 1.0 / 6) && real("beta", 0.5) == 0.5)
            function = "HardSigmoid";
        else if (type == "Gelu") {
            const std::string how = text("approximate", "none");
            if (how != "none" && how != "tanh") throw problem("has approximate=" + printable(how));
            function = how == "none" ? "GELU" : "GELUTanh";
        } else if (type == "Clip") {
            const constant *low = constant_input(1), *high = constant_input(2);
            if (low != nullptr && high != nullptr && low->values == std::vector<double>{0.0} &&
                high->values == std::vector<double>{6.0})
                function = "ReLU6";
        }
        if (function.empty())
            throw problem(
                "is an operator that strata-convert does not read, or has attributes that strata's activation lacks; "
                "docs/convert.md lists the operators; convert the .keras file where there is one");
        const value in = input(0);
        give({add(activation{function}, {in.number}), in.order});
    }

    /// The windows of Conv and poolings.
    struct sliding {
        pair kernel{1, 1}, strides{1, 1}, dilation{1, 1};
        std::vector<std::int64_t> pads;  // begins of all axes, then ends
        padding_mode padding = padding_mode::valid;
        bool is_explicit = false;  // pads that padding does not say
    };
    sliding read_window(const value& in, const std::vector<std::int64_t>& kernel) {
        const std::size_t axes = in.order.size() - 1;
        if (kernel.size() != axes) throw problem("its kernel has another number of axes than its input");
        sliding w;
        const auto strides = integers("strides", axes, 1), dilation = integers("dilations", axes, 1);
        w.pads = integers("pads", 2 * axes, 0);
        const std::string mode = text("auto_pad", "NOTSET");
        bool is_same = true, is_causal = axes == 1, is_none = true;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const std::size_t at = axis + 2 - axes;
            if (kernel[axis] < 1 || strides[axis] < 1 || dilation[axis] < 1)
                throw problem("has a window, stride or dilation of 0");
            w.kernel[at] = static_cast<int>(kernel[axis]);
            w.strides[at] = static_cast<int>(strides[axis]);
            w.dilation[at] = static_cast<int>(dilation[axis]);
            const auto extent = static_cast<std::int64_t>(shape(in)[axis]);
            const std::int64_t span = (kernel[axis] - 1) * dilation[axis] + 1,
                               outputs = (extent + strides[axis] - 1) / strides[axis];
            const std::int64_t missing = std::max<std::int64_t>(0, (outputs - 1) * strides[axis] + span - extent);
            if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
                const std::int64_t less = missing / 2, more = missing - missing / 2;
                w.pads[axis] = mode == "SAME_UPPER" ? less : more;
                w.pads[axes + axis] = mode == "SAME_UPPER" ? more : less;
            } else if (mode != "NOTSET" && mode != "VALID") {
                throw problem("has auto_pad=" + printable(mode));
            }
            const std::int64_t before = w.pads[axis], after = w.pads[axes + axis];
            is_none = is_none && before == 0 && after == 0;
            is_same = is_same && before == missing / 2 && after == missing - missing / 2;
            is_causal = is_causal && before == span - 1 && after == 0 && strides[axis] == 1;
        }
        w.padding = is_none     ? padding_mode::valid
                    : is_same   ? padding_mode::same
                    : is_causal ? padding_mode::causal
                                : padding_mode::valid;
        w.is_explicit = !is_none && !is_same && !is_causal;
        return w;
    }
    value padded(const value& in, const sliding& w) {
        const std::size_t axes = in.order.size() - 1;
        borders b{.adds = true, .axes = axes};
        for (std::size_t axis = 0; axis < axes; ++axis) {
            b.edges[2 * axis] = static_cast<int>(w.pads[axis]);
            b.edges[2 * axis + 1] = static_cast<int>(w.pads[axes + axis]);
        }
        return {add(b, {in.number}), in.order};
    }

    void read_conv() {
        value in = image(input(0));
        const std::size_t axes = in.order.size() - 1;
        const constant& kernel = require_constant(1, "kernel");
        if (kernel.shape.size() != axes + 2) throw problem("its kernel has another number of axes than its input");
        std::vector<std::int64_t> window(kernel.shape.begin() + 2, kernel.shape.end());
        const auto stated = integers("kernel_shape", axes, 0);
        if (attribute("kernel_shape") != nullptr && stated != window)
            throw problem("its kernel_shape differs from its kernel");
        const sliding w = read_window(in, window);
        const std::size_t channels = shape(in).back(), filters = kernel.shape[0];
        const std::int64_t groups = integer("group", 1);
        if (groups < 1 || groups > static_cast<std::int64_t>(channels) ||
            channels % static_cast<std::size_t>(groups) != 0 ||
            kernel.shape[1] * static_cast<std::size_t>(groups) != channels ||
            filters % static_cast<std::size_t>(groups) != 0)
            throw problem("its kernel does not fit " + std::to_string(channels) + " channels in " +
                          std::to_string(groups) + " groups");
        convolution c{.axes = axes, .filters = static_cast<int>(filters)};
        c.kernel = w.kernel;
        c.strides = w.strides;
        c.dilation = w.dilation;
        c.padding = w.padding;
        c.has_bias = op_->input_size() > 2 && !op_->input(2).empty();
        std::vector<std::size_t> order(axes + 2);  // (out, in, window...) becomes (window..., in, out)
        for (std::size_t axis = 0; axis < axes; ++axis) order[axis] = axis + 2;
        order[axes] = 1;
        order[axes + 1] = 0;
        constant stored = permuted(kernel, order);
        if (groups > 1 && static_cast<std::size_t>(groups) == channels && c.padding != padding_mode::causal) {
            c.kind = convolution::form::depthwise;
            c.depth_multiplier = static_cast<int>(filters / channels);
            stored.shape[axes] =
                channels;  // (window..., 1, channels times multiplier) lies as (window..., channels, multiplier)
            stored.shape[axes + 1] = filters / channels;
        } else {
            c.groups = static_cast<int>(groups);
        }
        if (w.is_explicit) in = padded(in, w);
        std::vector<array> weights;
        weights.push_back(as_array(stored, stored.shape));
        if (c.has_bias) weights.push_back(vector_of(2, filters, "bias"));
        give({add(c, {in.number}, std::move(weights)), in.order});
    }
    /// strata's layer has no pads: they are cropped.
    void read_transposed_conv() {
        const value in = image(input(0));
        const std::size_t axes = in.order.size() - 1, channels = shape(in).back();
        const constant& kernel = require_constant(1, "kernel");
        if (kernel.shape.size() != axes + 2 || kernel.shape[0] != channels)
            throw problem("its kernel does not fit its input");
        if (integer("group", 1) != 1) throw problem("has groups; strata's transposed convolutions have none");
        if (text("auto_pad", "NOTSET") != "NOTSET" || attribute("output_shape") != nullptr)
            throw problem("has auto_pad or output_shape; give its pads");
        static_cast<void>(attribute("kernel_shape"));
        const auto strides = integers("strides", axes, 1), dilation = integers("dilations", axes, 1);
        const auto pads = integers("pads", 2 * axes, 0), more = integers("output_padding", axes, 0);
        convolution c{
            .kind = convolution::form::transposed, .axes = axes, .filters = static_cast<int>(kernel.shape[1])};
        c.has_bias = op_->input_size() > 2 && !op_->input(2).empty();
        std::vector<std::size_t> order(axes + 2);  // (in, out, window...) becomes (window..., out, in)
        order[axes] = 1;
        order[axes + 1] = 0;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            if (strides[axis] < 1 || dilation[axis] < 1) throw problem("has a stride or dilation of 0");
            order[axis] = axis + 2;
            c.kernel[axis + 2 - axes] = static_cast<int>(kernel.shape[axis + 2]);
            c.strides[axis + 2 - axes] = static_cast<int>(strides[axis]);
            c.dilation[axis + 2 - axes] = static_cast<int>(dilation[axis]);
        }
        const constant stored = permuted(kernel, order);
        std::vector<array> weights;
        weights.push_back(as_array(stored, stored.shape));
        if (c.has_bias) weights.push_back(vector_of(2, kernel.shape[1], "bias"));
        const std::size_t made = add(c, {in.number}, std::move(weights));
        borders cut{.adds = false, .axes = axes};
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const auto span = (static_cast<std::int64_t>(kernel.shape[axis + 2]) - 1) * dilation[axis] + 1;
            const auto wanted = (static_cast<std::int64_t>(shape(in)[axis]) - 1) * strides[axis] + span - pads[axis] -
                                pads[axes + axis] + more[axis];
            const auto end = static_cast<std::int64_t>(graph_.nodes[made].output[axis]) - pads[axis] - wanted;
            if (end < 0 || wanted < 1) throw problem("has an output_padding that reaches beyond its kernel");
            cut.edges[2 * axis] = static_cast<int>(pads[axis]);
            cut.edges[2 * axis + 1] = static_cast<int>(end);
        }
        give({cut.edges == std::array<int, 4>{} ? made : add(cut, {made}), in.order});
    }
    void read_pad() {
        value in = input(0);
        if (in.order.size() == 2 || in.order.size() == 3) in = image(in);
        const std::size_t axes = in.order.size() - 1;
        const constant& stated = require_constant(1, "pads");
        const constant* filled = constant_input(2);
        const bool is_zero = op_->input_size() < 3 || op_->input(2).empty() ||
                             (filled != nullptr && filled->values == std::vector<double>{0.0});
        if (text("mode", "constant") != "constant" || !is_zero || (axes != 1 && axes != 2) ||
            stated.values.size() != 2 * (axes + 2) || (op_->input_size() > 3 && !op_->input(3).empty()))
            throw problem(
                "pads with other values than zeros, or axes that are not steps, height and width; strata has "
                "ZeroPadding");
        sliding w;
        for (std::size_t i = 0; i < stated.values.size(); ++i) {
            const bool is_outer = i % (axes + 2) < 2;
            constexpr double most = 1 << 24;
            if ((is_outer && stated.values[i] != 0.0) || !(stated.values[i] >= 0.0 && stated.values[i] <= most))
                throw problem("pads the batch or channels, or crops; strata has ZeroPadding");
            if (!is_outer) w.pads.push_back(static_cast<std::int64_t>(stated.values[i]));
        }
        give(padded(in, w));
    }
    /// One slope for all values, or one for each channel.
    void read_prelu() {
        const value in = input(0);
        const constant& slopes = require_constant(1, "slope");
        const std::size_t channel = in.order[0];
        const bool is_one = slopes.values.size() == 1;
        // (channels, 1, 1): without the axes after the channels it broadcasts along the last axis.
        const bool is_each = slopes.shape.size() == in.order.size() && slopes.shape[0] == slopes.values.size() &&
                             slopes.values.size() == shape(in)[channel];
        if (!is_one && !is_each) throw problem("has slopes that are neither one nor one for each channel");
        prelu p;
        extents alpha(shape(in).size(), 1);
        for (std::size_t axis = 0; axis < shape(in).size(); ++axis)
            if (is_one || axis != channel) p.shared_axes.push_back(static_cast<int>(axis) + 1);
            else alpha[axis] = slopes.values.size();
        std::vector<array> weights;
        weights.push_back(as_array(slopes, alpha));
        give({add(p, {in.number}, std::move(weights)), in.order});
    }
    array vector_of(int i, std::size_t count, const char* noun) const {
        const constant& found = require_constant(i, noun);
        if (found.values.size() != count)
            throw problem(std::string("its ") + noun + " has " + std::to_string(found.values.size()) +
                          " values, expected " + std::to_string(count));
        return as_array(found, {count});
    }

    void read_pool(bool is_max) {
        value in = image(input(0));
        const std::size_t axes = in.order.size() - 1;
        const sliding w = read_window(in, integers("kernel_shape", axes, 0));
        if (integer("ceil_mode", 0) != 0) throw problem("has ceil_mode=1; strata's poolings round down");
        used_.insert("storage_order");  // of the indices, a second output
        if (op_->output_size() > 1 && !op_->output(1).empty())
            throw problem("has a second output; strata's poolings have one");
        if (w.dilation != pair{1, 1}) throw problem("has dilations; strata's poolings have none");
        const bool counts_pads = !is_max && integer("count_include_pad", 0) != 0;
        pooling p{.is_max = is_max, .axes = axes, .window = w.kernel, .strides = w.strides, .padding = w.padding};
        const bool has_pads = w.is_explicit || w.padding != padding_mode::valid;
        if (has_pads && counts_pads) {
            in = padded(in, w);
            p.padding = padding_mode::valid;
        } else if (w.is_explicit || w.padding == padding_mode::causal) {
            throw problem("has pads that are not those of padding=same; strata's poolings have no others");
        }
        give({add(p, {in.number}), in.order});
    }

    void read_batch_normalization() {
        value in = input(0);
        in = in.order.size() == 1 ? in : image(in);
        used_.insert({"momentum", "spatial"});
        if (integer("training_mode", 0) != 0) throw problem("has training_mode=1; export the model for inference");
        const std::size_t channels = shape(in).back();
        const double epsilon = real("epsilon", 1e-5f);
        if (!(epsilon > 0)) throw problem("has an epsilon that is not positive");
        std::vector<array> weights;
        for (const int i : {1, 2, 3, 4}) weights.push_back(vector_of(i, channels, "parameter"));
        give({add(batch_normalization{epsilon, true, true}, {in.number}, std::move(weights)), in.order});
    }

    void add_dense(const value& in, const constant& kernel, std::optional<array> bias) {
        if (kernel.shape.size() != 2 || kernel.shape[0] != shape(in).back())
            throw problem("its matrix does not fit the last axis of " + shape_text(shape(in)));
        std::vector<array> weights;
        weights.push_back(as_array(kernel, kernel.shape));
        dense d{.units = static_cast<int>(kernel.shape[1]), .has_bias = bias.has_value()};
        if (bias) weights.push_back(std::move(*bias));
        give({add(d, {in.number}, std::move(weights)), in.order});
    }
    void read_gemm() {
        const value in = in_file_order(input(0));
        if (in.order.size() != 1)
            throw problem("its input has the shape " + shape_text(shape(in)) + ", expected a vector");
        if (real("alpha", 1.0) != 1.0 || real("beta", 1.0) != 1.0 || integer("transA", 0) != 0)
            throw problem("has alpha, beta or transA");
        constant kernel = require_constant(1, "matrix");
        if (kernel.shape.size() != 2) throw problem("its matrix has not two axes");
        if (integer("transB", 0) != 0) kernel = permuted(kernel, {1, 0});
        std::optional<array> bias;
        if (op_->input_size() > 2 && !op_->input(2).empty()) bias = vector_of(2, kernel.shape[1], "bias");
        add_dense(in, kernel, std::move(bias));
    }
    void read_matmul() {
        if (constant_input(0) != nullptr)
            throw problem("multiplies a constant with a value; strata's Dense has its matrix on the right");
        add_dense(in_file_order(input(0)), require_constant(1, "matrix"), std::nullopt);
    }

    void read_arithmetic() {
        const std::string& type = op_->op_type();
        if (op_->input_size() != 2) throw problem("has " + std::to_string(op_->input_size()) + " inputs, expected two");
        const bool first = constant_input(0) != nullptr, second = constant_input(1) != nullptr;
        if (first || second) {
            const constant& c = *constant_input(first ? 0 : 1);
            const value in = input(first ? 1 : 0);
            if (type == "Add" && c.values.size() > 1) return add_bias(in, c);
            if (c.values.size() != 1 || c.shape.size() > in.order.size() + 1 ||
                (type == "Div" && (first || c.values[0] == 0.0)) || type == "Max" || type == "Min")
                throw problem(
                    "has a constant that is no number, or a number that strata has no layer for; a vector after a "
                    "MatMul is its bias");
            const double n = c.values[0];
            const rescaling r = type == "Add"   ? rescaling{1.0, n}
                                : type == "Mul" ? rescaling{n, 0.0}
                                : type == "Div" ? rescaling{1.0 / n, 0.0}
                                : first         ? rescaling{-1.0, n}
                                                : rescaling{1.0, -n};
            return give({add(r, {in.number}), in.order});
        }
        static const std::map<std::string, std::string> merges{
            {"Add", "Add"}, {"Sub", "Subtract"}, {"Mul", "Multiply"}, {"Max", "Maximum"}, {"Min", "Minimum"}};
        const auto found = merges.find(type);
        if (found == merges.end()) throw problem("divides two values; strata has no such layer");
        const value a = input(0);
        value b = input(1);
        if (a.order.size() != b.order.size()) throw problem("its inputs have different numbers of axes");
        b = with_order(b, a.order);
        give({add(merge{found->second}, {a.number, b.number}), a.order});
    }
    /// A vector that is added to the output of a MatMul, which nobody else reads.
    void add_bias(const value& in, const constant& c) {
        const std::string& name = op_->input(constant_input(0) != nullptr ? 1 : 0);
        node* last = in.number == graph::source ? nullptr : &graph_.nodes[in.number];
        auto* d = last == nullptr ? nullptr : std::get_if<dense>(&last->op);
        const bool is_vector = !c.shape.empty() && c.shape.back() == c.values.size();
        if (d == nullptr || d->has_bias || readers_[name] != 1 || !is_vector ||
            c.values.size() != last->output.back() || last->type != "MatMul")
            throw problem("adds a constant that is no bias of a MatMul; strata has no such layer");
        d->has_bias = true;
        last->weights.push_back(as_array(c, {c.values.size()}));
        give(in);
    }

    void read_concat() {
        const std::int64_t axis = integer("axis", 0);
        std::vector<std::size_t> numbers;
        value first = input(0);
        if (first.order.size() > 1 && axis == 1) first = image(first);
        for (int i = 0; i < op_->input_size(); ++i) {
            if (constant_input(i) != nullptr) throw problem("joins a constant; strata joins values");
            value each = input(i);
            if (each.order.size() != first.order.size()) throw problem("its inputs have different numbers of axes");
            numbers.push_back(with_order(each, first.order).number);
        }
        require_last(first, axis);
        if (numbers.size() == 1) return give(first);
        give({add(merge{"Concatenate"}, std::move(numbers)), first.order});
    }

    void read_reshape() {
        const std::string& type = op_->op_type();
        const value in = in_file_order(input(0));
        const std::size_t size = element_count(shape(in));
        extents target;
        if (type == "Flatten") {
            if (integer("axis", 1) != 1) throw problem("has an axis other than 1");
            target = {size};
        } else if (type == "Reshape") {
            const constant& wanted = require_constant(1, "shape");
            if (integer("allowzero", 0) != 0) throw problem("has allowzero=1");
            const extents before = shape(in);
            // The first number is the batch. -1 there is right where the rest has as many elements as a sample.
            bool has_rest = false;
            std::size_t known = 1;
            for (std::size_t axis = 1; axis < wanted.values.size(); ++axis) {
                const double extent = wanted.values[axis];
                if (!(extent >= -1.0 && extent <= 2147483647.0) || (extent == 0.0 && axis > before.size()))
                    throw problem("has a shape that is none");
                target.push_back(extent == -1.0  ? 0
                                 : extent == 0.0 ? before[axis - 1]
                                                 : static_cast<std::size_t>(extent));
                if (target.back() == 0) has_rest = true;
                else known = element_count({known, target.back()});
            }
            if (has_rest && known <= size && size % known == 0)
                for (std::size_t& extent : target) extent = extent == 0 ? size / known : extent;
            const bool keeps_batch = !wanted.values.empty() &&
                                     (wanted.values[0] == -1.0 || wanted.values[0] == 0.0 || wanted.values[0] == 1.0);
            if (!keeps_batch || target.empty() || element_count(target) != size)
                throw problem("changes the batch; strata's nets work on one sample");
        } else {
            const constant& axes = require_constant(1, "axes");
            const bool adds = type == "Unsqueeze";
            const auto rank = static_cast<double>(shape(in).size() + 1 + (adds ? axes.values.size() : 0));
            std::set<std::size_t> places;
            for (const double axis : axes.values) {
                const double at = axis < 0 ? axis + rank : axis;
                if (!(at >= 1 && at < rank)) throw problem("changes the batch; strata's nets work on one sample");
                places.insert(static_cast<std::size_t>(at) - 1);
            }
            std::size_t from = 0;
            for (std::size_t axis = 0; axis + 1 < static_cast<std::size_t>(rank); ++axis) {
                if (adds && places.contains(axis)) target.push_back(1);
                else if (adds) target.push_back(shape(in)[from++]);
                else if (!places.contains(axis)) target.push_back(shape(in)[axis]);
                else if (shape(in)[axis] != 1) throw problem("removes an axis that is not 1");
            }
        }
        if (target == shape(in)) return give(in);
        give({add(reshape{target}, {in.number}), identity_order(target.size())});
    }
    void read_transpose() {
        if (const constant* fixed = constant_input(0)) {
            const auto* perm = attribute("perm");
            std::vector<std::size_t> order = identity_order(fixed->shape.size());
            std::reverse(order.begin(), order.end());
            if (perm != nullptr) order.assign(perm->ints().begin(), perm->ints().end());
            std::vector<std::size_t> sorted = order;
            std::sort(sorted.begin(), sorted.end());
            if (sorted != identity_order(fixed->shape.size())) throw problem("has a perm that is none");
            constants_[op_->output(0)] = permuted(constant(*fixed), order);
            return;
        }
        const value in = input(0);
        const std::size_t rank = in.order.size();
        const auto* stated = attribute("perm");
        std::vector<std::size_t> order;
        std::set<std::int64_t> seen;
        for (std::size_t axis = 0; axis <= rank; ++axis) {
            const std::int64_t from = stated == nullptr || stated->ints_size() != static_cast<int>(rank + 1)
                                          ? -1
                                          : stated->ints(static_cast<int>(axis));
            if (from < 0 || from > static_cast<std::int64_t>(rank) || (axis == 0) != (from == 0) ||
                !seen.insert(from).second)
                throw problem("moves the batch, or has no perm of all axes");
            if (axis > 0) order.push_back(in.order[static_cast<std::size_t>(from) - 1]);
        }
        give({in.number, order});
    }

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

}  // namespace

graph read_onnx(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    onnx::ModelProto model;
    if (!model.ParseFromString(read_file(file)) || !model.has_graph())
        throw problem("is no ONNX model; it is truncated or damaged, export it again");
    return onnx_reader(model, options, notes).read();
}

}  // namespace convert

#else

namespace convert {

graph read_onnx(const std::filesystem::path&, const reading_options&, remarks&) {
    throw problem(
        "is ONNX, and this strata-convert was built without it; build it where libonnx-dev and libprotobuf-dev are");
}

}  // namespace convert

#endif
