// The front end for RTNeural's JSON, as its Python script writes it from a Keras model. A net means what RTNeural
// computes: convolutions are causal in time, recurrent layers give every step.
#include <algorithm>
#include <array>

#include <strata/applications/rtneural_reader.hpp>

#include "keras.hpp"

namespace convert {

namespace {

class rtneural_reader {
public:
    rtneural_reader(const json& file, const reading_options& options, remarks& notes)
        : file_(file), options_(options), notes_(notes) {}

    graph read() {
        if (!file_.is_object() || !file_.contains("in_shape") || !file_.contains("layers") ||
            !file_["layers"].is_array())
            throw problem("has no in_shape and layers; expected the JSON of RTNeural's save_model");
        refuse_unknown_parts();
        set_input(graph_, input(), options_);
        shape_ = graph_.input;
        for (const json& entry : file_["layers"]) {
            config_reader layer(entry, std::to_string(number_), text_member(entry, "type"));
            layer.ignore({"type"});
            read_layer(layer);
            layer.finish();
            ++number_;
        }
        if (!graph_.nodes.empty()) graph_.output = graph_.nodes.size() - 1;
        infer_shapes(graph_);
        return std::move(graph_);
    }

private:
    void refuse_unknown_parts() const {
        for (const auto& [key, value] : file_.items()) {
            if (strata::rtneural::detail::is_harmless_part(key) || value == 0) continue;
            throw problem("has the part \"" + printable(key) +
                          "\", which RTNeural does not read and which may change the sound; "
                          "do in your program what it says, and take it out of the file");
        }
    }

    extents input() {
        const json none = json::object();
        const config_reader named(none, "", "in_shape");
        const json& stated = file_["in_shape"];
        if (stated.is_array() && stated.size() > 2) previous_steps_ = stated[1];
        if (!stated.is_array() || stated.size() < 2 || stated.size() > 4)
            named.refuse("is no shape of 2 to 4 extents; the file is damaged");
        extents shape;
        for (std::size_t axis = 1; axis < stated.size(); ++axis) {
            const json one{{"in_shape", stated[axis]}};
            config_reader reader(one, "", "in_shape");
            const bool is_open = stated[axis].is_null() && axis == 1 && stated.size() > 2;
            shape.push_back(static_cast<std::size_t>(is_open ? options_.steps : reader.integer("in_shape")));
        }
        // Without a time axis, layers that have a memory need one.
        const auto has_memory = [](const json& entry) {
            const json& type = entry.is_object() && entry.contains("type") ? entry["type"] : entry;
            return type == "gru" || type == "lstm" || type == "conv1d";
        };
        const json& layers = file_["layers"];
        if (shape.size() == 1 && std::any_of(layers.begin(), layers.end(), has_memory))
            shape.insert(shape.begin(), static_cast<std::size_t>(options_.steps));
        if (options_.input) {
            if (options_.input->size() != shape.size() || options_.input->back() != shape.back())
                named.refuse("is " + shape_text(shape) + ", --input-shape is " + shape_text(*options_.input));
            shape = *options_.input;
        }
        return shape;
    }

    void add(const std::string& type, operation op, std::vector<array> weights = {}) {
        graph_.nodes.push_back({.name = "",
                                .type = type,
                                .op = std::move(op),
                                .inputs = {graph_.nodes.empty() ? graph::source : graph_.nodes.size() - 1},
                                .place = number_,
                                .weights = std::move(weights)});
        try {
            graph_.nodes.back().output = output_shape(graph_.nodes.back().op, {shape_});
        } catch (const problem& found) {
            throw problem::in_layer(std::to_string(number_), type, found.what());
        }
        shape_ = graph_.nodes.back().output;
    }
    void add_layer(config_reader& layer, operation op) {
        const auto slots = weights_of(op, shape_);
        add(layer.type(), std::move(op), read_weights(layer, slots));
    }

    std::string function(config_reader& layer) {
        const std::string name = layer.text("activation", "");
        if (name.empty() || name == "linear") return "Linear";
        if (name == "tanh") return "Tanh";
        if (name == "relu") return "ReLU";
        if (name == "sigmoid") return "Sigmoid";
        if (name == "softmax") return "Softmax";
        if (name == "elu") return "ELU";
        layer.refuse("has the activation \"" + printable(name) +
                     "\", which RTNeural does not have and leaves out; expected "
                     "tanh, relu, sigmoid, softmax or elu");
    }
    void require_usual_activation(config_reader& layer) {
        const std::string name = layer.text("activation", "");
        if (!name.empty() && name != "tanh")
            layer.refuse("has the activation \"" + printable(name) +
                         "\"; RTNeural's recurrent layers have tanh and sigmoid");
    }
    int units(config_reader& layer) {
        const json& shape = layer.get("shape");
        if (!shape.is_array() || shape.empty()) layer.refuse("has no shape; the file is damaged");
        const json last{{"shape", shape.back()}};
        return config_reader(last, layer.name(), layer.type()).integer("shape");
    }
    static int last_integer(config_reader& layer, const std::string& key) {
        const json& value = layer.get(key);
        const json one{{key, value.is_array() && !value.empty() ? value.back() : value}};
        return config_reader(one, layer.name(), layer.type()).integer(key);
    }
    bool has_bias(config_reader& layer, std::size_t least) const {
        const json& weights = layer.get("weights");
        if (!weights.is_array()) layer.refuse("has no weights; the file is damaged");
        return weights.size() > least;
    }

    /// A time axis that the file's layer shortens: RTNeural computes the steps before as well.
    void note_shortened(config_reader& layer, const char* axes, int kernel, int dilation) {
        const json& shape = layer.get("shape");
        if (shape.size() < 3 || !shape[1].is_number_unsigned()) return;
        const std::size_t steps = shape[1].get<std::size_t>();
        const json& before = previous_steps_;
        if (before.is_number_unsigned() && before.get<std::size_t>() != steps) {
            const std::size_t lost = static_cast<std::size_t>(kernel - 1) * static_cast<std::size_t>(dilation);
            if (before.get<std::size_t>() < lost || before.get<std::size_t>() - lost != steps)
                layer.refuse("has " + std::to_string(steps) + " steps after " + before.dump() +
                             "; RTNeural's convolutions have no strides in time; export a model without them");
            notes_.push_back("layer \"" + layer.name() + "\" (" + axes +
                             ") had padding=valid in Keras; RTNeural and this net begin " + std::to_string(lost) +
                             " steps earlier, with zeros before the first step");
        }
    }

    void read_layer(config_reader& layer) {
        const std::string& type = layer.type();
        if (type == "dense" || type == "time-distributed-dense") {
            require_no_features(layer);
            dense d{.units = units(layer)};
            d.has_bias = has_bias(layer, 1);
            d.activation = function(layer);
            add_layer(layer, d);
        } else if (type == "conv1d") {
            read_conv1d(layer);
        } else if (type == "conv2d") {
            read_conv2d(layer);
        } else if (type == "gru" || type == "lstm") {
            require_usual_activation(layer);
            recurrent r{.type = type == "gru" ? "GRU" : "LSTM", .units = units(layer)};
            r.returns_sequences = true;
            r.has_bias = has_bias(layer, 2);
            add_layer(layer, r);
        } else if (type == "prelu") {
            read_prelu(layer);
        } else if (type == "batchnorm" || type == "batchnorm2d") {
            layer.ignore({"num_filters_in", "num_features_in", "activation"});
            const bool is_affine = has_bias(layer, 2);
            batch_normalization b{layer.number("epsilon"), is_affine, is_affine};
            if (!(b.epsilon > 0.0)) layer.refuse("has an epsilon that is not positive; the file is damaged");
            add_layer(layer, b);
        } else if (type == "activation") {
            const std::string name = function(layer);
            layer.ignore({"weights"});
            if (name != "Linear") add(type, activation{name});
        } else {
            layer.refuse(
                "is a type that RTNeural does not know and leaves out; export the model without it, or convert "
                "the Keras file itself");
        }
        const json& shape = layer.get("shape");
        previous_steps_ = shape.is_array() && shape.size() > 2 ? shape[1] : json();
        const std::size_t stated = static_cast<std::size_t>(units(layer));
        if (stated != shape_.back())
            layer.refuse("has " + std::to_string(shape_.back()) + " outputs, its shape says " + std::to_string(stated) +
                         "; the file is damaged");
    }
    /// RTNeural runs a Dense after a Conv2D over all features and channels at once.
    void require_no_features(config_reader& layer) const {
        if (shape_.size() == 3 && shape_[1] != 1)
            layer.refuse("stands after features and channels " + shape_text(shape_) +
                         ", which RTNeural and Keras read in two ways; convert the Keras file itself");
    }

    void read_conv1d(config_reader& layer) {
        convolution c{.axes = 1, .filters = units(layer)};
        c.kernel[1] = last_integer(layer, "kernel_size");
        c.dilation[1] = layer.has("dilation") ? last_integer(layer, "dilation") : 1;
        c.groups = layer.integer("groups", 1, 1);
        if (layer.has("strides") && last_integer(layer, "strides") != 1)
            layer.refuse("has strides; RTNeural's Conv1D computes every step; export a model without them");
        const std::string padding = layer.text("padding", "causal");
        if (padding == "same")
            layer.refuse(
                "has padding=same; RTNeural's Conv1D is causal and computes other numbers; train it with causal");
        c.padding = padding_mode::causal;
        note_shortened(layer, "conv1d", c.kernel[1], c.dilation[1]);
        c.activation = function(layer);
        c.has_bias = has_bias(layer, 1);
        add_layer(layer, c);
    }
    /// (time, features, channels): causal in time; valid or same in features.
    void read_conv2d(config_reader& layer) {
        if (shape_.size() != 3)
            layer.refuse("stands after the shape " + shape_text(shape_) + ", expected (steps, features, channels)");
        convolution c{.axes = 2, .filters = last_integer(layer, "num_filters_out")};
        c.kernel = {last_integer(layer, "kernel_size_time"), last_integer(layer, "kernel_size_feature")};
        c.dilation = {last_integer(layer, "dilation"), 1};
        c.strides = {1, last_integer(layer, "strides")};
        layer.ignore({"num_filters_in", "num_features_in"});
        const std::string padding = layer.text("padding", "");
        if (padding != "valid" && padding != "same")
            layer.refuse("has padding=" + printable(padding) + ", expected valid or same");
        borders before{.adds = true, .axes = 2};
        const long long span = static_cast<long long>(c.kernel[0] - 1) * c.dilation[0];
        if (span > 1 << 20) layer.refuse("spans more than a million steps; the file is damaged");
        before.edges[0] = static_cast<int>(span);
        if (padding == "same") {
            const auto features = static_cast<long long>(shape_[1]), stride = static_cast<long long>(c.strides[1]);
            const long long outputs = (features + stride - 1) / stride;
            const long long missing = std::max(0LL, (outputs - 1) * stride + c.kernel[1] - features);
            before.edges[2] = static_cast<int>(missing / 2);
            before.edges[3] = static_cast<int>(missing - missing / 2);
        }
        note_shortened(layer, "conv2d", c.kernel[0], c.dilation[0]);
        if (before.edges != std::array<int, 4>{}) add(layer.type(), before);
        c.activation = function(layer);
        c.has_bias = has_bias(layer, 1);
        add_layer(layer, c);
    }
    /// One slope for each channel, or one for all.
    void read_prelu(config_reader& layer) {
        layer.ignore({"activation"});
        const json& weights = layer.get("weights");
        const json* slopes = weights.is_array() && weights.size() == 1 ? &weights[0] : nullptr;
        while (slopes != nullptr && slopes->is_array() && slopes->size() == 1 && (*slopes)[0].is_array())
            slopes = &(*slopes)[0];
        if (slopes == nullptr || !slopes->is_array() || slopes->empty())
            layer.refuse("has no slopes; the file is damaged");
        if (slopes->size() != 1 && slopes->size() != shape_.back())
            layer.refuse("has " + std::to_string(slopes->size()) + " slopes for " + std::to_string(shape_.back()) +
                         " channels");
        prelu p;
        for (std::size_t axis = 1; axis < shape_.size(); ++axis) p.shared_axes.push_back(static_cast<int>(axis));
        if (slopes->size() == 1) p.shared_axes.push_back(static_cast<int>(shape_.size()));
        const weight_slot slot = weights_of(operation(p), shape_)[0];
        array alpha{.shape = slot.shape};
        for (const json& each : *slopes) append(alpha, each, layer);
        add(layer.type(), p, {std::move(alpha)});
    }

    std::vector<array> read_weights(config_reader& layer, const std::vector<weight_slot>& slots) const {
        const json& weights = layer.get("weights");
        if (weights.size() != slots.size())
            layer.refuse("has " + std::to_string(weights.size()) + " weights, expected " +
                         std::to_string(slots.size()) + "; the file is damaged");
        std::vector<array> result;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            array values{.shape = slots[i].shape};
            read_values(weights[i], slots[i], 0, values, layer);
            result.push_back(std::move(values));
        }
        return result;
    }
    void read_values(const json& from, const weight_slot& slot, std::size_t axis, array& to,
                     const config_reader& layer) const {
        if (axis == slot.shape.size()) return append(to, from, layer);
        if (!from.is_array() || from.size() != slot.shape[axis])
            layer.refuse("its weight " + slot.name + " is no list of the shape " + shape_text(slot.shape) +
                         "; the file is damaged");
        for (const json& each : from) read_values(each, slot, axis + 1, to, layer);
    }
    void append(array& to, const json& value, const config_reader& layer) const {
        if (!value.is_number()) layer.refuse("has a weight that is no number; the file is damaged");
        if (options_.wants_doubles) to.doubles.push_back(value.get<double>());
        else to.floats.push_back(value.get<float>());
    }

    const json& file_;
    const reading_options& options_;
    remarks& notes_;
    graph graph_;
    extents shape_;
    json previous_steps_;
    std::size_t number_ = 0;
};

}  // namespace

graph read_rtneural(const std::filesystem::path& file, const reading_options& options, remarks& notes) {
    const json parsed = parse_json(read_file(file), "it");
    return rtneural_reader(parsed, options, notes).read();
}

}  // namespace convert
