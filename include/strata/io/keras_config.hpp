// keras_config: a net as the config.json of a Keras 3 archive: Sequential, or Functional where paths branch.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/io/json_text.hpp>
#include <strata/io/net_tree.hpp>
#include <strata/layers/initializer.hpp>

namespace strata::inline STRATA_ISA::io {

/// The facts of a net that its configuration needs beyond its tree.
struct keras_net {
    shape input{};
    bool has_open_length = false;
    std::string dtype{};  // `float32`
    std::span<const weight_row> weights{};
    std::vector<shape> inputs{};       // of each layer of the flattened list
    std::vector<bool> is_trainable{};  // of each of them
};

template <class = internal::where_used>
class basic_keras_config {
public:
    explicit basic_keras_config(const keras_net& net) : net_(net) {}

    /// A model of the layers of a tree, under a name.
    std::string model(const net_tree& tree, const std::string& name) const {
        return composite(tree, name, batch_text(net_.input, net_.has_open_length)) + "}";
    }

private:
    struct entry {
        std::string json{}, name{};
        std::vector<std::string> inputs{};
    };
    /// The layers of a functional model while they are listed.
    struct growing_model {
        std::vector<entry> layers{};
        std::set<std::string> names{};
    };

    static bool has_branches(const net_tree& tree) {
        for (const net_tree& layer : tree.layers)
            if (layer.is_branching) return true;
        return false;
    }
    static std::string object(std::string_view module, std::string_view type, const std::string& config) {
        return "{\"module\": " + json_string(module) + ", \"class_name\": " + json_string(type) +
               ", \"config\": " + config + ", \"registered_name\": null";
    }
    /// Not all layers of Keras take `trainable`: those without weights do without it.
    std::string common(const std::string& name, bool trainable) const {
        return "{\"name\": " + json_string(name) + (trainable ? "" : ", \"trainable\": false") +
               ", \"dtype\": " + json_string(net_.dtype);
    }

    static std::string value(const config_value& of) {
        switch (of.kind) {
            case config_kind::boolean:
                return of.integer != 0 ? "true" : "false";
            case config_kind::integer:
                return std::to_string(of.integer);
            case config_kind::real:
                return number_text(of.real);
            case config_kind::text:
                return json_string(of.text);
            case config_kind::layer:
                return object("keras.layers", of.layer->class_name,
                              internal::message({"{", settings(*of.layer, true), "}"})) +
                       "}";
            default:
                break;
        }
        std::string list;
        for (std::size_t i = 0; i < of.count; ++i) {
            const bool opens = of.kind == config_kind::pairs && i % 2 == 0;
            const bool closes = of.kind == config_kind::pairs && i % 2 == 1;
            list +=
                (i > 0 ? ", " : "") + std::string(opens ? "[" : "") + std::to_string(of.sizes[i]) + (closes ? "]" : "");
        }
        return "[" + list + "]";
    }
    static std::string settings(const layer_config& config, bool is_first) {
        std::string result;
        const auto add = [&](std::string_view key, const config_value& each) {
            result += (is_first ? "" : ", ") + json_string(key) + ": " + value(each);
            is_first = false;
        };
        for (const config_entry& each : config) add(each.key, each.value);
        if (config.activation.kind != config_kind::none) add("activation", config.activation);
        return result;
    }
    bool has_weights(std::size_t layer) const {
        for (const weight_row& weight : net_.weights)
            if (weight.layer == layer) return true;
        return false;
    }
    /// The penalties of the weights; initializers are left out, since a file has the weights.
    std::string regularizers(std::size_t layer) const {
        std::string result;
        for (const weight_row& weight : net_.weights) {
            const regularizer& penalty = weight.parameter.penalty;
            if (weight.layer != layer || penalty.is_none() || !weight.parameter.prefix.empty()) continue;
            std::string name(weight.parameter.name);
            if (name.ends_with("_kernel")) name.resize(name.size() - std::string_view("_kernel").size());
            result += ", " + json_string(name + "_regularizer") + ": " +
                      object("keras.regularizers", "L1L2",
                             "{\"l1\": " + number_text(penalty.l1) + ", \"l2\": " + number_text(penalty.l2) + "}") +
                      "}";
        }
        return result;
    }
    std::string layer(const net_tree& tree, const std::string& name) const {
        if (tree.is_composite) return composite(tree, name, {});
        const std::string config = common(name, net_.is_trainable[tree.number] || !has_weights(tree.number)) +
                                   settings(*tree.config, false) + regularizers(tree.number) + "}";
        return object("keras.layers", tree.config->class_name, config);
    }
    /// Ends without its last brace, as all these texts do.
    static std::string input_layer(const std::string& name, const std::string& batch, const std::string& dtype) {
        return object("keras.layers", "InputLayer",
                      "{\"batch_shape\": " + batch + ", \"dtype\": " + json_string(dtype) +
                          ", \"name\": " + json_string(name) + "}");
    }

    std::string composite(const net_tree& tree, const std::string& name, const std::string& batch) const {
        return tree.is_functional || has_branches(tree) ? functional(tree, name, batch) : sequential(tree, name, batch);
    }
    std::string sequential(const net_tree& tree, const std::string& name, const std::string& batch) const {
        std::string layers;
        if (!batch.empty()) layers = input_layer("input_layer", batch, net_.dtype) + "}";
        for (const net_tree& each : tree.layers) layers += (layers.empty() ? "" : ", ") + layer(each, each.name) + "}";
        return object("keras", "Sequential", common(name, true) + ", \"layers\": [" + layers + "]}");
    }
    std::string functional(const net_tree& tree, const std::string& name, const std::string& batch) const {
        growing_model model;
        model.names.insert("input_layer");
        const std::string input = batch.empty() ? batch_text(net_.inputs[first_layer(tree)], false) : batch;
        model.layers.push_back({input_layer("input_layer", input, net_.dtype), "input_layer", {}});
        const std::string out = append_path(model, tree, 0, tree.layers.size(), "input_layer");
        std::string layers;
        for (const entry& each : model.layers) {
            layers += (layers.empty() ? "" : ", ") + each.json + ", \"name\": " + json_string(each.name) +
                      ", \"inbound_nodes\": [" + nodes(each.inputs) + "]}";
        }
        const auto end = [](const std::string& of) { return internal::message({"[", json_string(of), ", 0, 0]"}); };
        return object("keras.src.models.functional", "Functional",
                      "{\"name\": " + json_string(name) + ", \"trainable\": true, \"layers\": [" + layers +
                          "], \"input_layers\": [" + end("input_layer") + "], \"output_layers\": [" + end(out) + "]}");
    }
    /// The number of the first layer of a tree, whose input is that of the tree.
    static std::size_t first_layer(const net_tree& tree) {
        return tree.is_composite ? first_layer(tree.layers.front()) : tree.number;
    }
    static std::string batch_text(const shape& sample, bool has_open_length) {
        std::string extents = "null";
        for (std::size_t axis = 0; axis < sample.rank(); ++axis)
            extents += ", " + (axis == 0 && has_open_length ? "null" : std::to_string(sample[axis]));
        return "[" + extents + "]";
    }
    std::string nodes(const std::vector<std::string>& inputs) const {
        if (inputs.empty()) return {};
        std::string tensors;
        for (const std::string& each : inputs)
            tensors += (tensors.empty() ? "" : ", ") +
                       ("{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null], \"dtype\": " +
                        json_string(net_.dtype) + ", \"keras_history\": [" + json_string(each) + ", 0, 0]}}");
        return "{\"args\": [" + (inputs.size() > 1 ? "[" + tensors + "]" : tensors) + "], \"kwargs\": {}}";
    }

    /// A name that the model has not yet: the given one, or with a number after it.
    static std::string unused(growing_model& model, const std::string& wanted) {
        std::string name = wanted;
        for (std::size_t number = 1; !model.names.insert(name).second; ++number)
            name = wanted + "_" + std::to_string(number);
        return name;
    }
    /// Appends the layers of a path; gives the name of the layer whose output it is.
    std::string append_path(growing_model& model, const net_tree& tree, std::size_t begin, std::size_t end,
                            std::string from) const {
        for (std::size_t i = begin; i < end; ++i) from = append(model, tree.layers[i], from);
        return from;
    }
    std::string append(growing_model& model, const net_tree& tree, const std::string& from) const {
        entry made{.inputs = {from}};
        if (tree.is_branching) {
            made.inputs.clear();
            const std::size_t count = tree.path_begins.size() - 1;
            std::vector<std::string> ends;
            for (std::size_t k = 0; k < count; ++k)
                ends.push_back(append_path(model, tree, tree.path_begins[k], tree.path_begins[k + 1], from));
            for (const std::size_t k : ordered_paths(count, tree.order)) made.inputs.push_back(ends[k]);
            made.name = unused(model, snake_case(tree.config->class_name).str());
            made.json = object("keras.layers", tree.config->class_name, common(made.name, true) + "}");
        } else {
            made.name = unused(model, tree.name);
            made.json = layer(tree, made.name);
        }
        model.layers.push_back(made);
        return made.name;
    }

    const keras_net& net_;
};
using keras_config = basic_keras_config<>;

}  // namespace strata::inline STRATA_ISA::io
