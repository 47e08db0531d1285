// Add, Sub, Mul, Div, Sum, Max, Min and Concat.
#include <map>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

/// A vector that is added to the output of a MatMul, which nobody else reads.
void add_bias(reader& r, const value& in, const constant& c) {
    const std::string& name = r.op().input(r.constant_input(0) != nullptr ? 1 : 0);
    node* last = in.number == graph::source ? nullptr : &r.net().nodes[in.number];
    auto* d = last == nullptr ? nullptr : std::get_if<dense>(&last->op);
    const bool is_vector = !c.shape.empty() && c.shape.back() == c.values.size();
    if (d == nullptr || d->has_bias || r.readers(name) != 1 || !is_vector || c.values.size() != last->output.back() ||
        last->type != "MatMul")
        throw problem("adds a constant that is no bias of a MatMul; strata has no such layer");
    d->has_bias = true;
    last->weights.push_back(r.as_array(c, {c.values.size()}));
    r.give(in);
}

/// Values of one number of axes, in the order of the first one.
std::vector<std::size_t> in_one_order(reader& r, const value& first) {
    std::vector<std::size_t> numbers;
    for (int i = 0; i < r.op().input_size(); ++i) {
        if (r.constant_input(i) != nullptr) throw problem("has a constant among its values");
        const value each = r.input(i);
        if (each.order.size() != first.order.size()) throw problem("its inputs have different numbers of axes");
        numbers.push_back(r.with_order(each, first.order).number);
    }
    return numbers;
}

/// The value with an axis of the file last; the others keep their order.
value with_axis_last(reader& r, const value& in, std::int64_t stated) {
    const auto rank = static_cast<std::int64_t>(in.order.size());
    const std::int64_t axis = stated < 0 ? stated + rank : stated - 1;
    if (stated == 0 || axis < 0 || axis >= rank) throw problem("joins samples, or has an axis that its inputs lack");
    std::vector<std::size_t> wanted = in.order;
    const std::size_t last = in.order[static_cast<std::size_t>(axis)];
    for (std::size_t& place : wanted)
        if (place > last) --place;
    wanted[static_cast<std::size_t>(axis)] = in.order.size() - 1;
    return r.with_order(in, wanted);
}

/// Sum, and Max and Min of more than two values.
void read_several(reader& r, const std::string& type) {
    static const std::map<std::string, std::string> merges{{"Sum", "Add"}, {"Max", "Maximum"}, {"Min", "Minimum"}};
    const auto found = merges.find(type);
    if (found == merges.end()) throw problem("has more than two inputs");
    const value first = r.input(0);
    r.give({r.add(merge{found->second}, in_one_order(r, first)), first.order});
}

}  // namespace

void read_arithmetic(reader& r) {
    const std::string& type = r.op().op_type();
    if (r.op().input_size() == 1 && type == "Sum") return r.give(r.input(0));
    if (type == "Sum" || r.op().input_size() > 2) return read_several(r, type);
    if (r.op().input_size() != 2) throw problem("has " + std::to_string(r.op().input_size()) + " inputs, expected two");
    const bool first = r.constant_input(0) != nullptr, second = r.constant_input(1) != nullptr;
    if (first || second) {
        const constant& c = *r.constant_input(first ? 0 : 1);
        const value in = r.input(first ? 1 : 0);
        if (type == "Add" && c.values.size() > 1) return add_bias(r, in, c);
        if (c.values.size() != 1 || c.shape.size() > in.order.size() + 1 ||
            (type == "Div" && (first || c.values[0] == 0.0)) || type == "Max" || type == "Min")
            throw problem(
                "has a constant that is no number, or a number that strata has no layer for; a vector after a "
                "MatMul is its bias");
        const double n = c.values[0];
        const rescaling scaled = type == "Add"   ? rescaling{1.0, n}
                                 : type == "Mul" ? rescaling{n, 0.0}
                                 : type == "Div" ? rescaling{1.0 / n, 0.0}
                                 : first         ? rescaling{-1.0, n}
                                                 : rescaling{1.0, -n};
        return r.give({r.add(scaled, {in.number}), in.order});
    }
    static const std::map<std::string, std::string> merges{
        {"Add", "Add"}, {"Sub", "Subtract"}, {"Mul", "Multiply"}, {"Max", "Maximum"}, {"Min", "Minimum"}};
    const auto found = merges.find(type);
    if (found == merges.end()) throw problem("divides two values; strata has no such layer");
    const value a = r.input(0);
    value b = r.input(1);
    if (a.order.size() != b.order.size()) throw problem("its inputs have different numbers of axes");
    b = r.with_order(b, a.order);
    r.give({r.add(merge{found->second}, {a.number, b.number}), a.order});
}

void read_negation(reader& r) {
    const value in = r.input(0);
    r.give({r.add(rescaling{-1.0, 0.0}, {in.number}), in.order});
}

void read_concat(reader& r) {
    const std::int64_t axis = r.integer("axis", 0);
    if (r.constant_input(0) != nullptr) throw problem("has a constant among its values");
    const value first = with_axis_last(r, r.input(0), axis);
    std::vector<std::size_t> numbers = in_one_order(r, first);
    if (numbers.size() == 1) return r.give({numbers[0], first.order});
    r.give({r.add(merge{"Concatenate"}, std::move(numbers)), first.order});
}

}  // namespace convert::onnx_import
