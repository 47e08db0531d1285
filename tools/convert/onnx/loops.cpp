// Loops: SimpleRNN, GRU and LSTM of Keras as tf2onnx writes them where ONNX's operators do not fit. The body is compared
// with the formula of each layer, exactly; a loop that differs is refused.
#include "loops.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

constexpr std::size_t most_depth = 100;    // of a body's nodes
constexpr std::size_t most_text = 100000;  // of a value of the body
constexpr std::size_t most_steps = 1 << 16, most_visits = 64;  // of the condition that ends a loop

/// A value of the body, or columns of a product or of a vector.
struct term {
    std::string base;
    std::size_t begin = 0, end = 0;  // columns; 0, 0 where it has none to choose from

    bool has_columns() const { return end > 0; }
    std::string text() const {
        return has_columns() ? base + "[" + std::to_string(begin) + ":" + std::to_string(end) + "]" : base;
    }
};
using term_sum = std::vector<term>;

std::string text_of(const term_sum& terms) {
    std::vector<std::string> texts;
    for (const term& each : terms) texts.push_back(each.text());
    std::sort(texts.begin(), texts.end());
    std::string text;
    for (const std::string& each : texts) text += (text.empty() ? "" : " + ") + each;
    return text;
}
term_sum joined(term_sum a, const term_sum& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
std::string digits(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}
term_sum term_number(double value) { return {{digits(value)}}; }
term_sum called(const std::string& function, const term_sum& of) { return {{function + "(" + text_of(of) + ")"}}; }
term_sum term_product(const term_sum& a, const term_sum& b) {
    std::string first = text_of(a), second = text_of(b);
    if (second < first) std::swap(first, second);
    return {{"(" + first + ") * (" + second + ")"}};
}
term_sum rest_of_one(const term_sum& of) { return {{"1 - (" + text_of(of) + ")"}}; }
term_sum clipped(const term_sum& of, double low, double high) { return called("Clip " + digits(low) + " " + digits(high), of); }

/// strata's activations and what they are in a body.
struct activation_form {
    const char* name;
    term_sum (*apply)(const term_sum&);
};
const std::vector<activation_form>& activation_forms() {
    static const std::vector<activation_form> table{
        {"Tanh", [](const term_sum& x) { return called("Tanh", x); }},
        {"Sigmoid", [](const term_sum& x) { return called("Sigmoid", x); }},
        {"ReLU", [](const term_sum& x) { return called("Relu", x); }},
        {"ELU", [](const term_sum& x) { return called("Elu", x); }},
        {"SELU", [](const term_sum& x) { return called("Selu", x); }},
        {"Softplus", [](const term_sum& x) { return called("Softplus", x); }},
        {"Softsign", [](const term_sum& x) { return called("Softsign", x); }},
        {"HardSigmoid",
         [](const term_sum& x) { return term_product(clipped(joined(x, term_number(3.0)), 0.0, 6.0), term_number(1.0 / 6.0)); }},
    };
    return table;
}

/// The body of a loop: what it computes of a step `x`, an output `h` and a cell `c`.
class loop_body {
public:
    loop_body(reader& r, const onnx::GraphProto& body) : r_(r) {
        for (const auto& tensor : body.initializer()) constants_[tensor.name()] = r.parsed(tensor);
        for (const auto& node : body.node())
            for (const auto& output : node.output()) from_[output] = &node;
    }

    void bind(const std::string& name, const term_sum& value) { known_[name] = value; }
    void bind(const std::string& name, const constant* value) { bound_[name] = value; }
    void set_counter(const std::string& name) { counters_.insert(name); }
    bool is_counter(const std::string& name) const { return counters_.contains(name); }

    const onnx::NodeProto* node_of(const std::string& name) const {
        const auto found = from_.find(name);
        return found == from_.end() ? nullptr : found->second;
    }
    /// The name of a value before nodes that keep it.
    std::string source_of(std::string name) const {
        for (std::size_t i = 0; i < most_depth; ++i) {
            const auto* node = node_of(name);
            if (node == nullptr || node->op_type() != "Identity" || node->input_size() != 1) break;
            name = node->input(0);
        }
        return name;
    }

    /// A number in iteration `i`.
    std::optional<double> number_in(const std::string& name, double i) {
        std::size_t visits = 0;
        return number_in(name, i, visits);
    }
    std::optional<double> number_in(const std::string& name, double i, std::size_t& visits) {
        if (is_counter(name)) return i;
        if (const constant* c = constant_of(name)) return c->values.size() == 1 ? std::optional(c->values[0]) : std::nullopt;
        const auto* node = node_of(name);
        if (node == nullptr || ++visits > most_visits || node->input_size() < 1) return std::nullopt;
        const auto a = number_in(node->input(0), i, visits);
        if (!a || node->op_type() == "Identity" || node->op_type() == "Cast") return a;
        const auto b = node->input_size() == 2 ? number_in(node->input(1), i, visits) : std::nullopt;
        if (!b) return std::nullopt;
        if (node->op_type() == "Add") return *a + *b;
        if (node->op_type() == "Less") return *a < *b ? 1.0 : 0.0;
        if (node->op_type() == "And") return *a != 0.0 && *b != 0.0 ? 1.0 : 0.0;
        return std::nullopt;
    }

    std::optional<term_sum> of(const std::string& name, std::size_t depth = 0) {
        if (const auto found = known_.find(name); found != known_.end()) return found->second;
        std::optional<term_sum> made;
        if (const constant* c = constant_of(name)) made = of_constant(name, *c);
        else if (const auto* node = node_of(name); node != nullptr && depth <= most_depth && node->input_size() > 0)
            made = of_node(*node, name, depth + 1);
        if (made && text_of(*made).size() > most_text) made = std::nullopt;
        known_[name] = made;
        return made;
    }

    /// A constant of the body, of the loop's inputs or of the graph around it.
    const constant* constant_of(const std::string& name, std::size_t depth = 0) {
        if (depth > most_depth) return nullptr;  // a cycle
        if (const auto found = bound_.find(name); found != bound_.end()) return found->second;
        if (const auto found = constants_.find(name); found != constants_.end()) return &found->second;
        if (const auto* node = node_of(name)) {
            // Rows of a constant: both biases of a GRU.
            const bool takes_axis = node->op_type() == "Squeeze" && node->input_size() == 2;
            const auto* split = takes_axis ? node_of(node->input(0)) : nullptr;
            const constant* axes = takes_axis ? constant_of(node->input(1), depth + 1) : nullptr;
            if (split == nullptr || split->op_type() != "Split" || split->input_size() != 1 || axes == nullptr ||
                axes->values != std::vector<double>{0.0} || integer(*split, "axis", 0) != 0)
                return nullptr;
            const constant* rows = constant_of(split->input(0), depth + 1);
            const auto count = static_cast<std::size_t>(split->output_size());
            if (rows == nullptr || rows->shape.size() != 2 || rows->shape[0] != count) return nullptr;
            for (std::size_t i = 0; i < count; ++i)
                if (split->output(static_cast<int>(i)) == node->input(0)) {
                    const auto from = rows->values.begin() + static_cast<std::ptrdiff_t>(i * rows->shape[1]);
                    return &(constants_[name] = constant{
                                 {rows->shape[1]}, {from, from + static_cast<std::ptrdiff_t>(rows->shape[1])}});
                }
            return nullptr;
        }
        const constant* outer = r_.find_constant(name);
        return outer != nullptr && !outer->depends_on_batch() ? outer : nullptr;
    }

    std::set<std::string> kernels, recurrent_kernels, biases;
    std::string sequence;  // whose steps the body reads

private:
    static std::int64_t integer(const onnx::NodeProto& node, const char* name, std::int64_t usual) {
        for (const auto& each : node.attribute())
            if (each.name() == name) return each.i();
        return usual;
    }
    std::optional<term_sum> of_constant(const std::string& name, const constant& c) {
        if (c.values.size() == 1) return term_number(c.values[0]);
        if (c.shape.empty() || c.shape.back() != c.values.size()) return std::nullopt;
        biases.insert(name);
        return term_sum{{name, 0, c.values.size()}};
    }
    static std::optional<term_sum> columns(const term_sum& all, double begin, double end) {
        term_sum part = all;
        for (term& each : part) {
            const double size = static_cast<double>(each.end - each.begin), last = std::min(end, size);
            if (!each.has_columns() || !(begin >= 0.0 && begin < last)) return std::nullopt;
            each.end = each.begin + static_cast<std::size_t>(last);
            each.begin += static_cast<std::size_t>(begin);
        }
        return part;
    }
    std::optional<term_sum> split(const onnx::NodeProto& node, const std::string& name, const term_sum& all) {
        const std::int64_t axis = integer(node, "axis", 0);
        const auto count = static_cast<std::size_t>(node.output_size());
        const std::size_t size = all[0].end - all[0].begin;
        if ((axis != 1 && axis != -1) || node.input_size() != 1 || size % count != 0) return std::nullopt;
        for (std::size_t i = 0; i < count; ++i)
            if (node.output(static_cast<int>(i)) == name)
                return columns(all, static_cast<double>(i * size / count), static_cast<double>((i + 1) * size / count));
        return std::nullopt;
    }
    std::optional<term_sum> slice(const onnx::NodeProto& node, const term_sum& all) {
        if (node.input_size() != 4) return std::nullopt;
        const constant *starts = constant_of(node.input(1)), *ends = constant_of(node.input(2)),
                       *axes = constant_of(node.input(3));
        if (starts == nullptr || ends == nullptr || axes == nullptr || axes->values != std::vector<double>{0.0, 1.0} ||
            starts->values.size() != 2 || ends->values.size() != 2 || starts->values[0] != 0.0 ||
            ends->values[0] < 2147483647.0)
            return std::nullopt;
        return columns(all, starts->values[1], ends->values[1]);
    }
    std::optional<term_sum> of_product(const onnx::NodeProto& node, const term_sum& a) {
        const constant* matrix = constant_of(node.input(1));
        const std::string of = text_of(a);
        if (matrix == nullptr || matrix->shape.size() != 2 || (of != "x" && of != "h")) return std::nullopt;
        (of == "x" ? kernels : recurrent_kernels).insert(node.input(1));
        return term_sum{{of + " " + node.input(1), 0, matrix->shape[1]}};
    }
    std::optional<term_sum> of_node(const onnx::NodeProto& node, const std::string& name, std::size_t depth) {
        static const std::set<std::string> functions{"Sigmoid", "Tanh",     "Relu",    "Elu",
                                                     "Selu",    "Softplus", "Softsign"};
        const std::string& type = node.op_type();
        if (type == "Gather" && node.input_size() == 2 && integer(node, "axis", 0) == 0 && is_counter(node.input(1)) &&
            r_.find_value(node.input(0)) != nullptr && (sequence.empty() || sequence == node.input(0))) {
            sequence = node.input(0);
            return term_sum{{"x"}};
        }
        const auto a = of(node.input(0), depth);
        if (!a) return std::nullopt;
        if (type == "Identity") return a;
        if (type == "Split") return split(node, name, *a);
        if (type == "Slice") return slice(node, *a);
        if (functions.contains(type) && node.attribute_size() == 0) return called(type, *a);
        if (type == "Elu" && node.attribute_size() == 1 && node.attribute(0).name() == "alpha" &&
            node.attribute(0).f() == 1.0F)
            return called(type, *a);
        if (type == "Clip" && node.input_size() == 3) {
            const auto low = number_in(node.input(1), 0.0), high = number_in(node.input(2), 0.0);
            return low && high ? std::optional(clipped(*a, *low, *high)) : std::nullopt;
        }
        if (type == "MatMul" && node.input_size() == 2) return of_product(node, *a);
        const auto b = node.input_size() == 2 ? of(node.input(1), depth) : std::nullopt;
        if (!b) return std::nullopt;
        if (type == "Mul") return term_product(*a, *b);
        if (type == "Sub" && text_of(*a) == "1") return rest_of_one(*b);
        if (type != "Add") return std::nullopt;
        for (const term& x : *a)
            for (const term& y : *b)
                if (x.has_columns() && y.has_columns() && x.end - x.begin != y.end - y.begin) return std::nullopt;
        return joined(*a, *b);
    }

    reader& r_;
    std::map<std::string, const onnx::NodeProto*> from_;
    std::map<std::string, const constant*> bound_;  // the loop's inputs
    std::map<std::string, constant> constants_;
    std::map<std::string, std::optional<term_sum>> known_;
    std::set<std::string> counters_;
};

/// The layer whose formula a body has, with the names of its weights.
struct found_layer {
    recurrent layer;
    std::vector<std::string> biases;
};

/// The new output, and of an LSTM the new cell, of a layer of Keras.
std::pair<term_sum, term_sum> formula_of(const found_layer& f, const std::string& kernel, const std::string& recurrent_kernel,
                               const activation_form& act, const activation_form& gate) {
    const auto units = static_cast<std::size_t>(f.layer.units);
    const auto part = [&](const std::string& base, std::size_t i) { return term_sum{{base, i * units, (i + 1) * units}}; };
    const auto of_x = [&](std::size_t i) {
        const term_sum made = part("x " + kernel, i);
        return f.biases.empty() ? made : joined(made, part(f.biases[0], i));
    };
    const auto of_h = [&](std::size_t i) {
        const term_sum made = part("h " + recurrent_kernel, i);
        return f.biases.size() < 2 ? made : joined(made, part(f.biases[1], i));
    };
    const auto both = [&](std::size_t i) { return joined(of_x(i), of_h(i)); };
    const term_sum h{{"h"}}, c{{"c"}};
    if (f.layer.type == "SimpleRNN") return {act.apply(both(0)), c};
    if (f.layer.type == "GRU") {
        const term_sum update = gate.apply(both(0)), reset = gate.apply(both(1));
        const term_sum candidate = act.apply(joined(of_x(2), term_product(reset, of_h(2))));
        return {joined(term_product(update, h), term_product(rest_of_one(update), candidate)), c};
    }
    const term_sum cell = joined(term_product(gate.apply(both(1)), c), term_product(gate.apply(both(0)), act.apply(both(2))));
    return {term_product(gate.apply(both(3)), act.apply(cell)), cell};
}

std::optional<found_layer> layer_of(const loop_body& body, std::size_t units, const std::string& output,
                                    const std::string& cell) {
    if (body.kernels.size() != 1 || body.recurrent_kernels.size() != 1 || body.biases.size() > 2) return std::nullopt;
    std::vector<std::string> biases(body.biases.begin(), body.biases.end());
    found_layer found{.layer = {.type = "", .units = static_cast<int>(units), .has_bias = !biases.empty()}, .biases = biases};
    const std::vector<std::string> types =
        cell.empty() ? std::vector<std::string>{"SimpleRNN", "GRU"} : std::vector<std::string>{"LSTM"};
    for (const std::string& type : types)
        for (const activation_form& act : activation_forms())
            for (const activation_form& gate : activation_forms()) {
                found.layer.type = type;
                found.layer.activation = act.name;
                found.layer.recurrent_activation = type == "SimpleRNN" ? "Sigmoid" : gate.name;
                for (std::size_t order = 0; order < 2; ++order) {
                    const auto [h, c] =
                        formula_of(found, *body.kernels.begin(), *body.recurrent_kernels.begin(), act, gate);
                    const bool fits = text_of(h) == output && (cell.empty() || text_of(c) == cell);
                    if (fits && (type == "GRU" ? biases.size() != 1 : biases.size() < 2)) return found;
                    std::reverse(found.biases.begin(), found.biases.end());
                }
            }
    return std::nullopt;
}

[[noreturn]] void refuse(const std::string& reason) {
    throw problem("is a loop, and a recurrent layer may be written so (Loop): " + reason +
                  "; strata-convert reads those of tf2onnx for SimpleRNN, GRU and LSTM; convert the .keras file where "
                  "there is one");
}

/// The roles of a loop's states: body input i + 2, body output i + 1.
struct loop_states {
    std::vector<std::size_t> hidden;
    std::size_t count = 0;
};

loop_states bind_states(reader& r, const onnx::GraphProto& graph, loop_body& body) {
    loop_states states{.hidden = {}, .count = static_cast<std::size_t>(graph.input_size()) - 2};
    for (std::size_t i = 0; i < states.count; ++i) {
        const auto at = static_cast<int>(i);
        const std::string &in = graph.input(at + 2).name(), &out = graph.output(at + 1).name();
        const constant* begin = r.constant_or_batch(at + 2);
        if (begin == nullptr) refuse("a state begins with a value that the graph computes");
        if (body.source_of(out) == in) {
            if (begin->depends_on_batch()) refuse("it has a constant that depends on the batch");
            body.bind(in, begin);
            continue;
        }
        const auto* next = body.node_of(body.source_of(out));
        const bool is_counter = begin->is_integer && begin->values == std::vector<double>{0.0} && next != nullptr &&
                                next->op_type() == "Add" && next->input_size() == 2 &&
                                (next->input(0) == in || next->input(1) == in);
        if (is_counter) {
            const constant* step = body.constant_of(next->input(next->input(0) == in ? 1 : 0));
            if (step == nullptr || step->values != std::vector<double>{1.0}) refuse("it does not count its steps");
            body.set_counter(in);
            continue;
        }
        if (std::any_of(begin->values.begin(), begin->values.end(), [](double each) { return each != 0.0; }))
            refuse("a state does not begin at zeros");
        states.hidden.push_back(i);
    }
    if (states.hidden.empty() || states.hidden.size() > 2) refuse("it has another number of states");
    return states;
}

/// The loop runs once for each step.
void require_all_steps(reader& r, const onnx::GraphProto& graph, loop_body& body, std::size_t steps) {
    const constant* count = r.has_input(0) ? r.constant_input(0) : nullptr;
    if (count == nullptr || count->values != std::vector<double>{static_cast<double>(steps)})
        refuse("it does not run once for each step");
    if (steps > most_steps) refuse("it has more than 65536 steps");
    if (r.has_input(1) && (r.constant_input(1) == nullptr || r.constant_input(1)->values != std::vector<double>{1.0}))
        refuse("it may not run");
    for (std::size_t i = 0; i + 1 < steps; ++i)
        if (body.number_in(graph.output(0).name(), static_cast<double>(i)).value_or(0.0) == 0.0)
            refuse("it may end before the last step");
}

}  // namespace

std::vector<std::string> captured_names(const onnx::NodeProto& node) {
    std::vector<std::string> names;
    for (const auto& attribute : node.attribute()) {
        if (!attribute.has_g()) continue;
        std::set<std::string> own;
        for (const auto& input : attribute.g().input()) own.insert(input.name());
        for (const auto& tensor : attribute.g().initializer()) own.insert(tensor.name());
        for (const auto& inner : attribute.g().node()) own.insert(inner.output().begin(), inner.output().end());
        for (const auto& inner : attribute.g().node())
            for (const auto& name : inner.input())
                if (!name.empty() && own.insert(name).second) names.push_back(name);
    }
    return names;
}

void read_loop(reader& r) {
    const auto* attribute = r.attribute("body");
    if (attribute == nullptr || !attribute->has_g()) throw problem("has no body; the file is damaged");
    const onnx::GraphProto& graph = attribute->g();
    if (graph.input_size() < 3 || graph.output_size() < graph.input_size() - 1 ||
        r.op().input_size() != graph.input_size() || r.op().output_size() != graph.output_size() - 1)
        refuse("its states are not those of its body");
    loop_body body(r, graph);
    body.set_counter(graph.input(0).name());
    const constant runs{{}, {1.0}, true};
    body.bind(graph.input(1).name(), &runs);
    const loop_states states = bind_states(r, graph, body);
    const auto output_name = [&](std::size_t state) { return graph.output(static_cast<int>(state) + 1).name(); };
    body.bind(graph.input(static_cast<int>(states.hidden[0]) + 2).name(), term_sum{{"h"}});
    if (states.hidden.size() == 2) body.bind(graph.input(static_cast<int>(states.hidden[1]) + 2).name(), term_sum{{"c"}});
    const auto output = body.of(output_name(states.hidden[0]));
    const auto cell = states.hidden.size() == 2 ? body.of(output_name(states.hidden[1])) : std::optional(term_sum{});
    if (!output || !cell || body.sequence.empty()) refuse("its body is no formula of these layers");
    value in = *r.find_value(body.sequence);
    if (in.batch != 1 || in.merged != 0 || in.order.size() != 2) refuse("it reads no sequence");
    const bool is_reversed = in.is_reversed;
    in.is_reversed = false;
    in = r.in_file_order(in);
    const std::size_t steps = r.shape(in)[0], features = r.shape(in)[1];
    require_all_steps(r, graph, body, steps);
    const constant* matrix = body.recurrent_kernels.size() == 1 ? body.constant_of(*body.recurrent_kernels.begin()) : nullptr;
    if (matrix == nullptr) refuse("its body is no formula of these layers");
    const std::size_t units = matrix->shape[0];
    if (units == 0 || units > (std::size_t{1} << 24)) refuse("its kernels do not fit");
    auto found = layer_of(body, units, text_of(*output), text_of(*cell));
    if (!found) refuse("its body is no formula of these layers");
    found->layer.goes_backwards = is_reversed;
    const std::size_t gates = found->layer.type == "LSTM" ? 4 : found->layer.type == "GRU" ? 3 : 1;
    const constant& kernel = *body.constant_of(*body.kernels.begin());
    if (kernel.shape != extents{features, gates * units} || matrix->shape != extents{units, gates * units})
        refuse("its kernels do not fit");
    const auto made = [&](bool returns_sequences) {
        found->layer.returns_sequences = returns_sequences;
        std::vector<array> weights{r.as_array(kernel, kernel.shape), r.as_array(*matrix, matrix->shape)};
        constant bias{.shape = {gates * units}};
        if (found->biases.size() == 2) bias.shape.insert(bias.shape.begin(), 2);
        for (const std::string& name : found->biases) {
            const constant& each = *body.constant_of(name);
            if (each.values.size() != gates * units) refuse("its biases do not fit");
            bias.values.insert(bias.values.end(), each.values.begin(), each.values.end());
        }
        if (!found->biases.empty()) weights.push_back(r.as_array(bias, bias.shape));
        return r.add(found->layer, {in.number}, std::move(weights));
    };
    for (int i = 0; i < r.op().output_size(); ++i) {
        if (!r.is_read(i)) continue;
        const auto at = static_cast<std::size_t>(i);
        if (at == states.hidden[0]) {
            r.give({.number = made(false), .order = {0}}, i);
            continue;
        }
        const auto each = at >= states.count ? body.of(graph.output(i + 1).name()) : std::nullopt;
        if (!each || text_of(*each) != text_of(*output)) refuse("it gives a value that is no output of these layers");
        r.give({.number = made(true), .order = {0, 1}, .batch = 1}, i);
    }
}

void read_reversal(reader& r) {
    const value* found = r.op().input_size() == 2 ? r.find_value(r.op().input(0)) : nullptr;
    const constant* lengths = r.constant_or_batch(1);
    if (found == nullptr || lengths == nullptr) throw problem("has lengths that the graph computes");
    value v = *found;
    const std::int64_t steps_axis = r.integer("time_axis", 0), batch_axis = r.integer("batch_axis", 1);
    if (v.merged != 0 || v.order.size() != 2 || batch_axis != static_cast<std::int64_t>(v.batch) ||
        r.sample_axis(v, steps_axis) != 0 || v.order[0] != 0)
        throw problem("reverses another axis than the steps of a sequence");
    const auto steps = static_cast<double>(r.shape(v)[0]);
    if (std::any_of(lengths->values.begin(), lengths->values.end(), [&](double each) { return each != steps; }))
        throw problem("reverses a part of a sequence; strata's layers have go_backwards for the whole one");
    v.is_reversed = !v.is_reversed;
    r.give(v);
}

}  // namespace convert::onnx_import
