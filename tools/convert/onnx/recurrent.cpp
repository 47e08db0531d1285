// LSTM, GRU and RNN.
#include <algorithm>
#include <map>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

struct gate_layout {
    std::string type;                // strata's
    std::vector<std::size_t> order;  // ONNX's block for each of Keras' blocks
    std::size_t activations;         // of one direction
};

gate_layout layout_of(const std::string& type) {
    if (type == "LSTM") return {"LSTM", {0, 2, 3, 1}, 3};  // input, output, forget, candidate in ONNX
    if (type == "GRU") return {"GRU", {0, 1, 2}, 2};
    return {"SimpleRNN", {0}, 1};
}

std::string activation_of(const std::string& name) {
    static const std::map<std::string, std::string> names{
        {"sigmoid", "Sigmoid"}, {"tanh", "Tanh"}, {"relu", "ReLU"}, {"softsign", "Softsign"}, {"softplus", "Softplus"}};
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = names.find(lower);
    if (found == names.end()) throw problem("has the activation " + printable(name) + ", which strata's cells lack");
    return found->second;
}

/// Reads the activations; both directions must have the same ones.
void read_activations(reader& r, const gate_layout& gates, std::size_t directions, recurrent& to) {
    for (const char* name : {"activation_alpha", "activation_beta"})
        if (const auto* found = r.attribute(name); found != nullptr && found->floats_size() > 0)
            throw problem(std::string("has ") + name + "; strata's cells have activations without numbers");
    std::vector<std::string> names;
    if (const auto* stated = r.attribute("activations"))
        for (const auto& each : stated->strings()) names.push_back(activation_of(each));
    if (names.empty()) return;
    if (names.size() != directions * gates.activations)
        throw problem("has another number of activations than it needs");
    for (std::size_t i = gates.activations; i < names.size(); ++i)
        if (names[i] != names[i - gates.activations])
            throw problem("has other activations backwards than forwards; strata has one layer for both directions");
    if (gates.type == "SimpleRNN") {
        to.activation = names[0];
        return;
    }
    to.recurrent_activation = names[0];
    to.activation = names[1];
    if (gates.type == "LSTM" && names[2] != names[1])
        throw problem("has another activation of its state than of its candidate; strata's LSTM has one for both");
}

/// The weights of one direction in Keras' shapes and order.
void append_weights(reader& r, const gate_layout& gates, std::size_t direction, std::size_t units, std::size_t features,
                    const recurrent& layer, std::vector<array>& weights) {
    const std::size_t blocks = gates.order.size(), columns = blocks * units;
    for (const auto& [input, rows] : {std::pair{1, features}, std::pair{2, units}}) {
        const constant& from = r.require_constant(input, "kernel");
        constant to{.shape = {rows, columns}};
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t column = 0; column < columns; ++column) {
                const std::size_t block = gates.order[column / units] * units + column % units;
                to.values.push_back(from.values[(direction * columns + block) * rows + row]);
            }
        weights.push_back(r.as_array(to, to.shape));
    }
    if (!layer.has_bias) return;
    const constant& from = r.require_constant(3, "bias");
    std::vector<double> of_input, of_state;
    for (std::size_t column = 0; column < columns; ++column) {
        const std::size_t block = gates.order[column / units] * units + column % units;
        of_input.push_back(from.values[direction * 2 * columns + block]);
        of_state.push_back(from.values[(direction * 2 + 1) * columns + block]);
    }
    constant bias;
    if (gates.type == "GRU" && layer.resets_after) {
        bias = {{2, columns}, of_input};
        bias.values.insert(bias.values.end(), of_state.begin(), of_state.end());
    } else {
        bias = {{columns}, of_input};
        for (std::size_t i = 0; i < columns; ++i) bias.values[i] += of_state[i];
    }
    weights.push_back(r.as_array(bias, bias.shape));
}

void require_zeros(reader& r, int input, const char* noun) {
    if (!r.has_input(input) || r.is_state(r.op().input(input))) return;
    const constant* found = r.constant_or_batch(input);
    if (found == nullptr)
        throw problem(std::string("has an ") + noun +
                      " that the graph computes; strata's layers begin at zeros, and model.stream() keeps their state");
    if (std::any_of(found->values.begin(), found->values.end(), [](double each) { return each != 0.0; }))
        throw problem(std::string("has an ") + noun + " that is not 0; strata's layers begin at zeros");
}

/// Refuses the inputs and attributes that change the formula.
void require_plain(reader& r, const value& in) {
    if (r.attribute("clip") != nullptr) throw problem("has clip; strata's cells do not clip");
    if (r.integer("input_forget", 0) != 0) throw problem("has input_forget=1; strata's LSTM has a forget gate");
    if (r.has_input(4)) {
        const constant* lengths = r.constant_or_batch(4);
        const auto steps = static_cast<double>(r.shape(in)[0]);
        if (lengths == nullptr || lengths->depends_on_batch() ||
            std::any_of(lengths->values.begin(), lengths->values.end(), [&](double each) { return each != steps; }))
            throw problem("has sequence_lens; strata's sequences have one length");
    }
    require_zeros(r, 5, "initial_h");
    require_zeros(r, 6, "initial_c");
    if (r.has_input(7)) {
        const constant& holes = r.require_constant(7, "peepholes");
        if (std::any_of(holes.values.begin(), holes.values.end(), [](double each) { return each != 0.0; }))
            throw problem("has peepholes; strata's LSTM has none");
    }
}

/// Whether a GRU resets after the recurrent product. torch.onnx with dynamo has written that it does not, of layers
/// that do: torch has no others.
bool resets_after(reader& r) {
    if (r.integer("linear_before_reset", 0) != 0) return true;
    if (r.producer() == "pytorch")
        throw problem(
            "has linear_before_reset=0, and torch's GRU computes what 1 means; torch.onnx with dynamo has written 0 "
            "wrongly: export with dynamo=False");
    r.remark(
        "a GRU has linear_before_reset=0 and becomes one with reset_after<false>; torch has no such GRU: if it was trained "
        "with torch, the file is wrong");
    return false;
}

}  // namespace

void read_recurrent(reader& r) {
    const gate_layout gates = layout_of(r.op().op_type());
    const bool has_batch_first = r.integer("layout", 0) != 0;
    value in = r.any_input(0);
    if (!has_batch_first && in.batch == 0) in = r.batch_as_steps(in);
    if (in.order.size() != 2 || in.merged != 0 || in.batch != (has_batch_first ? 0u : 1u))
        throw problem(
            "its input is no sequence; expected (steps, batch, features), or (batch, steps, features) with layout=1");
    in = r.in_file_order(in);
    const std::string direction = r.text("direction", "forward");
    const bool is_both = direction == "bidirectional";
    if (!is_both && direction != "forward" && direction != "reverse")
        throw problem("has direction=" + printable(direction));
    require_plain(r, in);
    const std::size_t directions = is_both ? 2 : 1, features = r.shape(in).back(), steps = r.shape(in)[0];
    const auto units = static_cast<std::size_t>(std::clamp<std::int64_t>(r.integer("hidden_size", 0), 0, 1 << 24));
    const std::size_t columns = gates.order.size() * units;
    const bool has_bias = r.has_input(3);
    if (units == 0 || r.require_constant(1, "kernel").shape != extents{directions, columns, features} ||
        r.require_constant(2, "kernel").shape != extents{directions, columns, units} ||
        (has_bias && r.require_constant(3, "bias").shape != extents{directions, 2 * columns}))
        throw problem("its kernels do not fit its input of " + std::to_string(features) + " features");
    recurrent layer{.type = gates.type, .units = static_cast<int>(units), .has_bias = has_bias};
    read_activations(r, gates, directions, layer);
    if (gates.type == "GRU") layer.resets_after = resets_after(r);
    layer.goes_backwards = direction == "reverse";
    const auto made = [&](bool returns_sequences) {
        layer.returns_sequences = returns_sequences;
        std::vector<array> weights;
        for (std::size_t each = 0; each < directions; ++each)
            append_weights(r, gates, each, units, features, layer, weights);
        return is_both ? r.add(bidirectional{layer}, {in.number}, std::move(weights))
                       : r.add(layer, {in.number}, std::move(weights));
    };
    if (r.is_read(0)) {
        if (layer.goes_backwards)
            throw problem(
                "goes backwards and gives all steps in their order; strata's gives them from the last one on; make it "
                "bidirectional");
        value all{.number = r.add(reshape{{steps, directions, units}}, {made(true)}), .order = identity_order(3)};
        if (!has_batch_first) all.batch = 2;
        r.give(all, 0);
    }
    if (r.is_read(1)) {
        value last{.number = r.add(reshape{{directions, units}}, {made(false)}), .order = identity_order(2)};
        last.batch = has_batch_first ? 0 : 1;
        r.give(last, 1);
    }
    if (r.is_read(2)) throw problem("gives its state to other layers; strata's layers have one output");
}

void refuse_loop(reader& r) {
    throw problem("is a loop, and a recurrent layer may be written so (" + printable(r.op().op_type()) +
                  "); strata-convert reads LSTM, GRU and RNN; convert the .keras file where there is one");
}

}  // namespace convert::onnx_import
