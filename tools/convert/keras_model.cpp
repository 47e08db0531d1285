// Keras' models as graphs.
#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>

#include "keras.hpp"

namespace convert {

namespace {

/// A reference to an output of a layer's call: ["name", call, output].
struct reference {
    std::string layer;
    std::size_t call = 0;
};
reference parse_reference(const json& value) {
    if (!value.is_array() || value.size() < 3 || !value[0].is_string() || !value[1].is_number_unsigned())
        throw problem("a connection between its layers is damaged; save the model again");
    if (value[2] != 0)
        throw problem::in_layer(value[0].get<std::string>(), "layer",
                                "has several outputs; strata's layers have one; build a model without the others");
    return {value[0].get<std::string>(), value[1].get<std::size_t>()};
}

/// One call of a layer: the values that it reads and, of a function of keras.ops, a number among them.
struct layer_call {
    std::vector<reference> inputs;
    std::optional<double> number;
    bool is_number_first = false;
};

/// Whether an entry is a function of keras.ops. Archives say its module; .h5 files do not, but only layers have a
/// dtype.
bool is_function(const json& entry) {
    const json& config = member(entry, "config");
    return text_member(entry, "module").find(".ops.") != std::string::npos ||
           (config.is_object() && !config.contains("dtype") && !config.contains("trainable") &&
            !config.contains("layers"));
}

class call_parser {
public:
    explicit call_parser(const config_reader& layer) : layer_(layer) {}

    layer_call parse(const json& inbound) {
        if (inbound.is_object()) {  // Keras 3: {"args": [...], "kwargs": {...}}
            for (const json& argument : member(inbound, "args")) add(argument);
            check_keywords(member(inbound, "kwargs"));
        } else if (inbound.is_array()) {  // Keras 2: [["name", 0, 0, {}], ...]
            const bool is_one = !inbound.empty() && inbound[0].is_string();
            const json only = json::array({inbound});
            for (const json& each : is_one ? only : inbound) {
                call_.inputs.push_back(parse_reference(each));
                if (each.size() > 3) check_keywords(each[3]);
            }
        }
        if (call_.inputs.empty()) layer_.refuse("has a call without inputs; the file is damaged, save the model again");
        return call_;
    }

private:
    void add(const json& argument) {
        if (argument.is_array()) {
            for (const json& each : argument) add(each);
        } else if (text_member(argument, "class_name") == "__keras_tensor__") {
            call_.inputs.push_back(parse_reference(member(member(argument, "config"), "keras_history")));
        } else if (argument.is_number() && !call_.number) {
            call_.number = argument.get<double>();
            call_.is_number_first = call_.inputs.empty();
        } else if (!argument.is_null()) {
            layer_.refuse("is called with " + printable(argument.dump(-1, ' ', true, json::error_handler_t::replace)) +
                          "; strata's layers take values of one input");
        }
    }
    void check_keywords(const json& keywords) {
        if (!keywords.is_object()) return;
        for (const auto& [key, value] : keywords.items()) {
            if (value.is_null() || (key == "training" && value == false)) continue;
            if (key == "inputs") add(value);
            else
                layer_.refuse("is called with " + printable(key) +
                              "; strata has no masks, no initial states and no layers "
                              "that train at inference; save the model without it");
        }
    }

    const config_reader& layer_;
    layer_call call_;
};

/// A call of a layer: its name and the number of the call; of those that are known the number of their node.
using call_values = std::map<std::pair<std::string, std::size_t>, std::size_t>;

struct pending_call {
    const json* entry;
    std::string name;
    std::size_t place, number;
    layer_call call;
};

/// Calls after those that they read, else in the order of the file. `known` has the input of the model.
std::vector<std::size_t> in_topological_order(const std::vector<pending_call>& calls, const call_values& known) {
    call_values numbers;
    for (std::size_t i = 0; i < calls.size(); ++i) numbers[{calls[i].name, calls[i].number}] = i;
    std::vector<std::vector<std::size_t>> readers(calls.size());
    std::vector<std::size_t> missing(calls.size()), order;
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        for (const reference& r : calls[i].call.inputs) {
            if (known.contains({r.layer, r.call})) continue;
            ++missing[i];
            if (const auto found = numbers.find({r.layer, r.call}); found != numbers.end())
                readers[found->second].push_back(i);
        }
        if (missing[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
        const std::size_t i = ready.top();
        ready.pop();
        order.push_back(i);
        for (const std::size_t reader : readers[i])
            if (--missing[reader] == 0) ready.push(reader);
    }
    for (std::size_t i = 0; i < calls.size(); ++i)
        if (missing[i] > 0)
            throw problem::in_layer(calls[i].name, text_member(*calls[i].entry, "class_name"),
                                    "reads a value that its inputs never give: a cycle, a second input or a missing "
                                    "layer; build a model of one input and convert that");
    return order;
}

}  // namespace

extents keras_config::input_shape(const json& batch_shape, const config_reader& config) const {
    if (!batch_shape.is_array() || batch_shape.size() < 2)
        config.refuse("has no shape of an input; give it to the model, or save a model that was built");
    extents shape;
    const std::size_t rank = batch_shape.size() - 1;
    if (options_.input && options_.input->size() != rank)
        config.refuse("takes " + std::to_string(rank) + " axes, --input-shape has " +
                      std::to_string(options_.input->size()));
    for (std::size_t axis = 0; axis < rank; ++axis) {
        const json& extent = batch_shape[axis + 1];
        const json one{{"batch_shape", extent}};
        config_reader reader(one, config.name(), config.type());
        const auto given = options_.input ? static_cast<int>((*options_.input)[axis]) : 0;
        if (!extent.is_null()) {
            const int stated = reader.integer("batch_shape");
            if (given != 0 && given != stated)
                config.refuse("has the extent " + std::to_string(stated) + " where --input-shape has " +
                              std::to_string(given));
            shape.push_back(static_cast<std::size_t>(stated));
        } else if (given != 0) {
            shape.push_back(static_cast<std::size_t>(given));
        } else if (axis == 0 && rank <= 2) {
            shape.push_back(static_cast<std::size_t>(options_.steps));
        } else {
            config.refuse("leaves axis " + std::to_string(axis + 1) +
                          " of its input open; say its shape with --input-shape, "
                          "such as --input-shape 224,224,3");
        }
    }
    return shape;
}

/// Appends a node, and the reshape after a pooling that keeps its axes.
void keras_config::add_shortened(graph& g, std::vector<node> nodes) const {
    for (node& each : nodes) g.nodes.push_back(std::move(each));
    auto* pooled = std::get_if<global_pooling>(&g.nodes.back().op);
    if (pooled == nullptr || !pooled->keeps_axes) return;
    extents target(pooled->axes, 1);
    target.push_back(0);
    pooled->keeps_axes = false;
    g.nodes.push_back({.name = "",
                       .type = "Reshape",
                       .op = reshape{target},
                       .inputs = {g.nodes.size() - 1},
                       .place = g.nodes.back().place});
}

graph keras_config::model(const json& entry, int depth) {
    const std::string type = text_member(entry, "class_name");
    const json& config = member(entry, "config");
    if (type == "Sequential") return sequential(config, depth);
    if (type == "Functional" || type == "Model") return functional(config, depth);
    throw problem("holds a model of the class \"" + printable(type) +
                  "\"; strata-convert reads Sequential and Functional models; a class of your own has its layers in "
                  "Python code: build the model as a functional one and copy its weights");
}

graph keras_config::sequential(const json& config, int depth) {
    graph g{.name = text_member(config, "name")};
    const json& layers = config.is_array() ? config : member(config, "layers");  // Keras 1 wrote the list alone
    if (!layers.is_array())
        throw problem("its config has no list of layers; the file is damaged, save the model again");
    json shape = member(config, "batch_input_shape");
    if (shape.is_null()) shape = member(config, "build_input_shape");
    std::size_t place = 0;
    for (const json& entry : layers) {
        const json& inner = member(entry, "config");
        config_reader reader(inner, text_member(inner, "name"), text_member(entry, "class_name"));
        for (const char* key : {"batch_shape", "batch_input_shape"})
            if (g.nodes.empty() && member(inner, key).is_array()) shape = member(inner, key);
        if (reader.type() == "InputLayer") {
            ++place;
            continue;
        }
        node made{.name = reader.name(),
                  .type = reader.type(),
                  .op = identity{},
                  .inputs = {g.nodes.empty() ? graph::source : g.nodes.size() - 1},
                  .place = place++};
        made.op = layer(entry, reader, depth);
        if (std::holds_alternative<merge>(made.op)) reader.refuse("merges several inputs; a Sequential has one");
        read_common(reader, made);
        made.last_axis = stated_axis(inner);
        reader.finish();
        add_shortened(g, {std::move(made)});
    }
    if (depth == 0) {
        const json nothing = json::object();
        set_input(g, input_shape(shape, config_reader(nothing, g.name, "Sequential")), options_);
    }
    if (!g.nodes.empty()) g.output = g.nodes.size() - 1;
    return g;
}

graph keras_config::functional(const json& config, int depth) {
    graph g{.name = text_member(config, "name"), .is_functional = true};
    const json& layers = member(config, "layers");
    if (!layers.is_array())
        throw problem("its config has no list of layers; the file is damaged, save the model again");
    const auto only = [&](const char* key, const char* noun) {
        const json& list = member(config, key);
        const bool is_one = list.is_array() && !list.empty() && list[0].is_string();
        if (!is_one && (!list.is_array() || list.size() != 1))
            throw problem("the model has " + std::to_string(list.is_array() ? list.size() : 0) + " " + noun +
                          "; strata's nets have one; build a model of one and convert that");
        return parse_reference(is_one ? list : list[0]);
    };
    const reference input = only("input_layers", "inputs"), output = only("output_layers", "outputs");

    call_values values;
    std::vector<pending_call> pending;
    std::set<std::string> names;
    std::size_t place = 0;
    for (const json& entry : layers) {
        const json& inner = member(entry, "config");
        const std::string name =
            text_member(entry, "name").empty() ? text_member(inner, "name") : text_member(entry, "name");
        config_reader reader(inner, name, text_member(entry, "class_name"));
        if (!names.insert(name).second) reader.refuse("has the name of another layer; the file is damaged");
        if (reader.type() == "InputLayer") {
            if (name == input.layer) {
                values[{name, 0}] = graph::source;
                if (depth == 0) {
                    const json& shape = member(inner, "batch_shape");
                    set_input(g, input_shape(shape.is_null() ? member(inner, "batch_input_shape") : shape, reader),
                              options_);
                }
                reader.require_unset("sparse", "strata's inputs are dense");
                reader.require_unset("ragged", "strata's samples have one shape");
                if (reader.text("dtype", "float32") == "string") reader.refuse("takes texts; strata takes numbers");
            }
        } else {
            const json& inbound = member(entry, "inbound_nodes");
            if (!inbound.is_array() || inbound.empty()) reader.refuse("is not connected; the file is damaged");
            std::size_t number = 0;
            for (const json& each : inbound)
                pending.push_back({&entry, name, place, number++, call_parser(reader).parse(each)});
        }
        ++place;
    }
    if (!values.contains({input.layer, 0})) throw problem("its input layer is missing; the file is damaged");

    for (const std::size_t i : in_topological_order(pending, values)) {
        const pending_call& each = pending[i];
        const json& inner = member(*each.entry, "config");
        config_reader reader(inner, each.name, text_member(*each.entry, "class_name"));
        node made{.name = each.name, .type = reader.type(), .op = identity{}, .inputs = {}, .place = each.place};
        for (const reference& r : each.call.inputs) made.inputs.push_back(values.at({r.layer, r.call}));
        if (is_function(*each.entry)) {
            made.op = array_operation(reader, each.call.inputs.size(), each.call.number, each.call.is_number_first);
            reader.ignore({"name"});
            made.takes_equal_ranks = made.inputs.size() > 1;
            made.has_no_place = true;
        } else {
            if (each.call.number) reader.refuse("is called with a number; the file is damaged");
            made.op = layer(*each.entry, reader, depth);
            if (made.inputs.size() > 1 && !std::holds_alternative<merge>(made.op))
                reader.refuse("has several inputs; strata's layer of that name has one");
            read_common(reader, made);
            made.last_axis = stated_axis(inner);
        }
        reader.finish();
        add_shortened(g, {std::move(made)});
        values[{each.name, each.number}] = g.nodes.size() - 1;
    }
    const auto found = values.find({output.layer, output.call});
    if (found == values.end()) throw problem("its output layer is missing; the file is damaged");
    g.output = found->second;
    return g;
}

operation keras_config::array_operation(config_reader& config, std::size_t inputs, std::optional<double> number,
                                        bool is_number_first) {
    const std::string& type = config.type();
    static const std::map<std::string, std::string> merges{{"Add", "Add"},
                                                           {"Subtract", "Subtract"},
                                                           {"Multiply", "Multiply"},
                                                           {"Maximum", "Maximum"},
                                                           {"Minimum", "Minimum"}};
    if (const auto found = merges.find(type); inputs == 2 && !number && found != merges.end())
        return merge{found->second};
    if (number && inputs == 1) {
        if (type == "Add") return rescaling{1.0, *number};
        if (type == "Multiply") return rescaling{*number, 0.0};
        if (type == "Subtract") return is_number_first ? rescaling{-1.0, *number} : rescaling{1.0, -*number};
        if ((type == "Divide" || type == "TrueDivide") && !is_number_first && *number != 0.0)
            return rescaling{1.0 / *number, 0.0};
    }
    static const std::map<std::string, std::string> functions{{"Relu", "ReLU"},         {"Sigmoid", "Sigmoid"},
                                                              {"Tanh", "Tanh"},         {"Silu", "SiLU"},
                                                              {"Softplus", "Softplus"}, {"Softsign", "Softsign"}};
    if (const auto found = functions.find(type); inputs == 1 && !number && found != functions.end())
        return activation{found->second};
    config.refuse("is a function of keras.ops that strata-convert does not read; use a layer that does the same");
}

/// The axis that a config names, counted from 1 without the batch; 0 where it is the last one by its name.
int keras_config::stated_axis(const json& config) {
    const json& axis = member(config, "axis");
    const json& value = axis.is_array() && axis.size() == 1 ? axis[0] : axis;
    return value.is_number_integer() && value.get<int>() > 0 ? value.get<int>() : 0;
}

}  // namespace convert
