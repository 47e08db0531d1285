// Finds patterns: the nodes before one that compute a function of one value.
#include "patterns.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "expression.hpp"

namespace convert::onnx_import {

namespace {

// Bounds of a pattern: its nodes, the values before them, the text of its expression.
constexpr std::size_t most_nodes = 24, most_leaves = 100, longest = 1000;

const std::set<std::string> arithmetic{
    "Add", "Sub", "Mul",     "Div",      "Pow",  "Neg", "Sqrt", "Reciprocal", "Exp",         "Log",        "Tanh",
    "Erf", "Erfc", "Abs", "Sigmoid", "Softplus", "Clip", "Max", "Min",  "Relu",       "HardSigmoid", "ReduceMean", "GlobalAveragePool", "Identity",
    "Cast", "Where"};

/// The expression of a value over the value `leaf`.
class builder {
public:
    /// Vectors along the last axis are symbols where it takes them.
    builder(const reader& r, const producers& from, const std::string& leaf, bool takes_vectors = false)
        : r_(r), from_(from), leaf_(leaf), takes_vectors_(takes_vectors) {}

    std::optional<expression> of(const std::string& name) {
        if (name == leaf_) return variable();
        if (const auto known = known_.find(name); known != known_.end()) return known->second;
        if (const constant* c = r_.find_constant(name)) return of_constant(name, *c);
        const auto node = from_.find(name);
        if (node == from_.end() || nodes >= most_nodes || !arithmetic.contains(node->second->op_type()) ||
            node->second->input_size() == 0)
            return std::nullopt;
        ++nodes;
        auto made = of_node(*node->second);
        // Values that are used twice make an expression grow with each node.
        if (made && made->text().size() > longest) made.reset();
        known_[name] = made;
        return made;
    }

    std::optional<std::int64_t> axis;
    std::size_t nodes = 0;
    std::set<std::string> vectors;
    std::set<double> numbers;
    bool has_pooling = false;  // a GlobalAveragePool, which is a mean over axis 2 where there are no axes after it

private:
    std::optional<expression> of_constant(const std::string& name, const constant& c) {
        if (c.depends_on_batch()) return std::nullopt;
        if (c.values.size() == 1) {
            numbers.insert(c.values[0]);
            return number(c.values[0]);
        }
        if (!takes_vectors_ || c.shape.empty() || c.shape.back() != c.values.size()) return std::nullopt;
        vectors.insert(name);
        return symbol(name);
    }
    static double real(const onnx::NodeProto& node, const char* name, double usual) {
        for (const auto& each : node.attribute())
            if (each.name() == name) return double{each.f()};
        return usual;
    }
    std::optional<double> bound(const onnx::NodeProto& node, int i, double usual) const {
        if (i >= node.input_size() || node.input(i).empty()) return usual;
        const constant* c = r_.find_constant(node.input(i));
        return c != nullptr && c->values.size() == 1 ? std::optional(c->values[0]) : std::nullopt;
    }
    /// ReduceMean over one axis, which stays.
    std::optional<expression> mean(const onnx::NodeProto& node, const expression& a) {
        std::optional<std::int64_t> stated;
        std::size_t count = 0;
        bool keeps = true;
        for (const auto& each : node.attribute()) {
            if (each.name() == "keepdims") keeps = each.i() != 0;
            if (each.name() == "axes")
                for (const auto at : each.ints()) stated = at, ++count;
        }
        if (node.input_size() > 1)
            if (const constant* c = r_.find_constant(node.input(1)))
                for (const std::int64_t at : whole_values(*c)) stated = at, ++count;
        if (count != 1 || !keeps || (axis && *axis != *stated)) return std::nullopt;
        axis = stated;
        return call("mean", a);
    }
    /// `condition ? 0 : x - mean(x)`, where the condition holds for samples of equal values alone: they have 0 as well.
    std::optional<expression> centred(const onnx::NodeProto& node) {
        const auto node_of = [&](const std::string& name, const char* type, int i) -> const std::string* {
            const auto found = from_.find(name);
            const bool fits = found != from_.end() && found->second->op_type() == type && found->second->input_size() > i;
            return fits ? &found->second->input(i) : nullptr;
        };
        const auto are_extremes = [&](const std::string& condition) {
            const std::string *a = node_of(condition, "Equal", 0), *b = node_of(condition, "Equal", 1);
            if (a == nullptr || b == nullptr) return false;
            const std::string *least = node_of(*a, "ReduceMin", 1), *most = node_of(*b, "ReduceMax", 1);
            if (least == nullptr || most == nullptr || *node_of(*a, "ReduceMin", 0) != leaf_ ||
                *node_of(*b, "ReduceMax", 0) != leaf_ || !axis)
                return false;
            for (const std::string* axes : {least, most}) {
                const constant* c = r_.find_constant(*axes);
                if (c == nullptr || c->values != std::vector<double>{static_cast<double>(*axis)}) return false;
            }
            return true;
        };
        if (node.input_size() != 3) return std::nullopt;
        const auto zero = of(node.input(1)), other = of(node.input(2));
        const std::string *a = node_of(node.input(0), "And", 0), *b = node_of(node.input(0), "And", 1);
        const bool fits = zero && zero->is_number() && zero->factor == 0.0 && other &&
                          other->text() == difference(variable(), call("mean", variable())).text() &&
                          (are_extremes(node.input(0)) || (a != nullptr && b != nullptr && (are_extremes(*a) || are_extremes(*b))));
        return fits ? other : std::nullopt;
    }
    std::optional<expression> of_node(const onnx::NodeProto& node) {
        const std::string& type = node.op_type();
        if (type == "Where") return centred(node);
        const auto a = of(node.input(0));
        if (!a) return std::nullopt;
        if (type == "Identity") return a;
        if (type == "Cast") {
            for (const auto& each : node.attribute())
                if (each.name() == "to" && (each.i() == onnx::TensorProto::FLOAT || each.i() == onnx::TensorProto::DOUBLE))
                    return a;
            return std::nullopt;
        }
        if (type == "Neg") return product(number(-1.0), *a);
        if (type == "Sqrt") return power(*a, 0.5);
        if (type == "Reciprocal") return power(*a, -1.0);
        if (type == "Erfc") return difference(number(1.0), call("erf", *a));  // TensorFlow's, left by tf2onnx
        if (type == "Exp" || type == "Log" || type == "Tanh" || type == "Erf" || type == "Abs" || type == "Sigmoid" ||
            type == "Softplus") {
            std::string name = type;
            name[0] = static_cast<char>(name[0] + ('a' - 'A'));
            return call(name, *a);
        }
        if (type == "Relu") return clip(*a, 0.0, infinity);
        if (type == "HardSigmoid")
            return clip(sum({product(number(real(node, "alpha", 0.2)), *a), number(real(node, "beta", 0.5))}), 0.0,
                        1.0);
        if (type == "ReduceMean") return mean(node, *a);
        if (type == "GlobalAveragePool") {
            if (!takes_vectors_ || (axis && *axis != 2)) return std::nullopt;
            has_pooling = true;
            axis = 2;
            return call("mean", *a);
        }
        if (type == "Clip") {
            const auto low = bound(node, 1, -infinity), high = bound(node, 2, infinity);
            return low && high ? std::optional(clip(*a, *low, *high)) : std::nullopt;
        }
        if (node.input_size() != 2) return std::nullopt;
        const auto b = of(node.input(1));
        if (!b) return std::nullopt;
        if (type == "Add") return sum({*a, *b});
        if (type == "Sub") return difference(*a, *b);
        if (type == "Mul") return product(*a, *b);
        if (type == "Div") return quotient(*a, *b);
        if (type == "Pow") return b->is_number() ? std::optional(power(*a, b->factor)) : std::nullopt;
        const expression& bounded = a->is_number() ? *b : *a;
        const expression& limit = a->is_number() ? *a : *b;
        if (!limit.is_number() || bounded.is_number()) return std::nullopt;
        return type == "Max" ? clip(bounded, limit.factor, infinity) : clip(bounded, -infinity, limit.factor);
    }

    const reader& r_;
    const producers& from_;
    const std::string& leaf_;
    bool takes_vectors_;
    std::map<std::string, std::optional<expression>> known_;
};

/// The values that arithmetic leads back to, the nearest first.
std::vector<std::string> leaves(const reader& r, const producers& from, const onnx::NodeProto& node) {
    std::vector<std::string> found;
    std::set<std::string> seen;
    std::vector<const onnx::NodeProto*> open{&node};
    for (std::size_t i = 0; i < open.size() && i < most_nodes; ++i)
        for (const auto& name : open[i]->input()) {
            if (found.size() >= most_leaves) return found;
            if (name.empty() || !seen.insert(name).second || r.find_constant(name) != nullptr) continue;
            found.push_back(name);
            const auto producer = from.find(name);
            if (producer != from.end() && arithmetic.contains(producer->second->op_type()))
                open.push_back(producer->second);
        }
    return found;
}

}  // namespace

std::optional<pattern> find_index_pattern(const reader& r, const producers& from, const onnx::NodeProto& node) {
    const auto made_by = [&](const std::string& name, const char* type, int inputs) -> const onnx::NodeProto* {
        const auto found = from.find(name);
        const bool fits = found != from.end() && found->second->op_type() == type &&
                          found->second->input_size() == inputs;
        return fits ? found->second : nullptr;
    };
    const auto before_casts = [&](std::string name) {
        for (std::size_t i = 0; i < most_nodes; ++i) {
            const auto* cast = made_by(name, "Cast", 1);
            if (cast == nullptr) break;
            name = cast->input(0);
        }
        return name;
    };
    const auto is_number = [&](const std::string& name, auto&& holds) {
        const constant* c = r.find_constant(name);
        return c != nullptr && c->values.size() == 1 && !c->depends_on_batch() && holds(c->values[0]);
    };
    /// The value that is compared with 0.
    const auto compared = [&](const std::string& name) -> std::string {
        const auto* less = made_by(name, "Less", 2);
        return less != nullptr && is_number(less->input(1), [](double n) { return n == 0.0; }) ? less->input(0) : "";
    };
    const auto is_moved = [&](const std::string& name, const std::string& x) {
        const auto* add = made_by(name, "Add", 2);
        if (add == nullptr) return false;
        const int at = add->input(0) == x ? 1 : 0;
        return add->input(1 - at) == x && is_number(add->input(at), [](double n) { return n >= 1.0; });
    };
    const auto found = [](const std::string& x) { return pattern{identity{}, x, std::nullopt}; };
    if (node.op_type() == "Where" && node.input_size() == 3) {
        const std::string x = node.input(2), of = compared(node.input(0));
        if (!of.empty() && before_casts(of) == before_casts(x) && is_moved(node.input(1), x)) return found(x);
    }
    if (node.op_type() != "Add" || node.input_size() != 2) return std::nullopt;
    // is_negative * (x + n) + is_not_negative * x.
    for (const int first : {0, 1}) {
        const auto *a = made_by(node.input(first), "Mul", 2), *b = made_by(node.input(1 - first), "Mul", 2);
        if (a == nullptr || b == nullptr) continue;
        for (const int i : {0, 1})
            for (const int j : {0, 1}) {
                const std::string x = b->input(1 - j), mask = before_casts(a->input(i));
                const auto* opposite = made_by(before_casts(b->input(j)), "Not", 1);
                const std::string of = compared(mask);
                if (opposite != nullptr && opposite->input(0) == mask && !of.empty() &&
                    before_casts(of) == before_casts(x) && is_moved(a->input(1 - i), x))
                    return found(x);
            }
    }
    return std::nullopt;
}

namespace {

/// x (r gamma) + (beta - mean(x) (r gamma)) with r = 1 / sqrt(variance + epsilon), as tf2onnx writes Keras'
/// LayerNormalization.
std::optional<pattern> find_scaled_normalization(const reader& r, const producers& from, const onnx::NodeProto& node) {
    const expression x = variable(), mean = call("mean", x);
    const expression variance = call("mean", power(difference(x, mean), 2.0));
    for (const std::string& leaf : leaves(r, from, node)) {
        builder build(r, from, leaf, true);
        const auto e = build.of(node.output(0));
        if (!e || !build.axis || build.vectors.empty() || build.vectors.size() > 2 || build.numbers.size() > 2) continue;
        std::vector<std::string> weights(build.vectors.begin(), build.vectors.end());
        weights.emplace_back();
        const auto has_rank = [&](const std::string& name) {
            const constant* c = r.find_constant(name);
            return c != nullptr && c->shape.size() == 3;
        };
        for (const double epsilon : build.numbers)
            for (const std::string& gamma : weights)
                for (const std::string& beta : weights) {
                    if (!(epsilon > 0.0) || gamma == beta || (build.has_pooling && !has_rank(gamma) && !has_rank(beta)))
                        continue;
                    const expression root = power(sum({variance, number(epsilon)}), -0.5);
                    const expression scale = gamma.empty() ? root : product(root, symbol(gamma));
                    const expression moved = product(number(-1.0), product(mean, scale));
                    const expression offset = beta.empty() ? number(0.0) : symbol(beta);
                    if (sum({product(x, scale), moved, offset}).text() != e->text()) continue;
                    return pattern{sample_normalization{.kind = sample_normalization::form::layer,
                                                        .epsilon = epsilon,
                                                        .has_beta = !beta.empty(),
                                                        .has_gamma = !gamma.empty()},
                                   leaf, build.axis, gamma, beta};
                }
    }
    return std::nullopt;
}

}  // namespace

std::optional<pattern> find_pattern(const reader& r, const producers& from, const onnx::NodeProto& node) {
    static const std::set<std::string> ends{"Mul", "Div", "Log", "Reciprocal", "Min", "Max", "Clip"};
    if (node.output_size() == 1)
        if (auto indices = find_index_pattern(r, from, node)) return indices;
    if (node.op_type() == "Add" && node.output_size() == 1) return find_scaled_normalization(r, from, node);
    if (!ends.contains(node.op_type()) || node.output_size() != 1) return std::nullopt;
    std::optional<pattern> of_squares;  // of x - mean(x), a LayerNormalization of x has one as well
    for (const std::string& leaf : leaves(r, from, node)) {
        builder build(r, from, leaf);
        const std::optional<expression> e = build.of(node.output(0));
        if (!e || e->is_number()) continue;
        const bool is_one_node = build.nodes < 2 && node.op_type() != "Clip" && node.op_type() != "Max";
        if (const std::string name = activation_named(*e); !name.empty() && !build.axis && !is_one_node)
            return pattern{activation{name}, leaf, std::nullopt};
        if (const normalization_form found = normalization_named(*e); found.is_found && build.axis) {
            using form = sample_normalization::form;
            pattern made{sample_normalization{.kind = found.subtracts_mean ? form::layer : form::rms,
                                              .epsilon = found.epsilon,
                                              .has_beta = false,
                                              .has_gamma = false},
                         leaf, build.axis};
            if (found.subtracts_mean) return made;
            if (!of_squares) of_squares = std::move(made);
        }
    }
    return of_squares;
}

}  // namespace convert::onnx_import
