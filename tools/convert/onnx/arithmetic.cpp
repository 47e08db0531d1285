// Add, Sub, Mul, Div, Max, Min, Pow and Neg: of values, or of a value and a constant.
#include <algorithm>
#include <map>
#include <string>

#include "functions.hpp"
#include "operators.hpp"
#include "repeats.hpp"

namespace convert::onnx_import {

namespace {

/// x factors + offsets.
struct affine {
    std::vector<double> factors, offsets;  // one for all, one of each channel, or one of each value of a sample
    bool along_last = true;                // they differ along the last axis at most

    double factor(std::size_t i) const { return factors[factors.size() == 1 ? 0 : i]; }
    double offset(std::size_t i) const { return offsets[offsets.size() == 1 ? 0 : i]; }
};

/// The values of a constant that is broadcast to a value, in strata's order: one where the constant has one, one of each
/// channel where they differ along the last axis alone, else one of each value of a sample.
std::vector<double> broadcast(reader& r, const value& in, const constant& c, bool& along_last) {
    const extents& shape = r.shape(in);
    const std::size_t rank = in.order.size() + 1 - in.merged;
    if (c.shape.size() > rank) throw problem("has a constant of more axes than its input");
    std::vector<std::size_t> steps(shape.size(), 0);  // in the constant, for each strata axis
    std::size_t step = 1;
    for (std::size_t i = c.shape.size(); i-- > 0; step *= c.shape[i]) {
        const std::size_t at = i + rank - c.shape.size();  // the file's axis
        if (c.shape[i] == 1) continue;
        if (at == in.batch || (in.merged > 0 && at == 0)) throw problem("has a constant that differs in the batch");
        const std::size_t axis = in.order[at + in.merged - (at > in.batch ? 1 : 0)];
        if (shape[axis] != c.shape[i]) throw problem("repeats its input along an axis of a constant");
        steps[axis] = step;
        along_last = along_last && axis + 1 == shape.size();
    }
    if (c.values.size() == 1) return c.values;
    std::vector<double> result(r.budget().claim({along_last ? shape.back() : element_count(shape)}));
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t rest = i, offset = 0;
        for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
            offset += rest % shape[axis] * steps[axis];
        result[i] = c.values[offset];
    }
    return result;
}

/// The layer that made a value, where nobody else reads it.
node* own_producer(reader& r, const value& in) {
    if (in.number == graph::source || r.is_shared(in.number)) return nullptr;
    return &r.net().nodes[in.number];
}

array per_channel(reader& r, const std::vector<double>& values, std::size_t channels) {
    return r.as_array({{channels}, {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(channels)}},
                      {channels});
}

/// Adds a vector to the layer before, as its bias or beta.
bool becomes_bias(reader& r, node& last, const std::vector<double>& values) {
    const std::size_t channels = last.output.back();
    const auto append = [&](bool& has_bias) {
        if (has_bias) return false;
        has_bias = true;
        last.weights.push_back(per_channel(r, values, channels));
        return true;
    };
    if (auto* d = std::get_if<dense>(&last.op)) return append(d->has_bias);
    if (auto* c = std::get_if<convolution>(&last.op)) return append(c->has_bias);
    if (auto* n = std::get_if<sample_normalization>(&last.op))
        return n->kind == sample_normalization::form::layer && append(n->has_beta);
    return false;
}
/// Multiplies a vector into the normalization before, as its gamma.
bool becomes_gamma(reader& r, node& last, const std::vector<double>& values) {
    auto* n = std::get_if<sample_normalization>(&last.op);
    if (n == nullptr || n->has_gamma || n->has_beta) return false;
    n->has_gamma = true;
    if (n->kind == sample_normalization::form::rms) last.weights.clear();  // ones
    last.weights.push_back(per_channel(r, values, last.output.back()));
    return true;
}

/// x factors + offsets as a BatchNormalization of mean 0 and a variance that gives a root of 1.
value normalized(reader& r, const value& in, const affine& a) {
    constexpr double epsilon = 1e-3;
    const extents shape = r.shape(in);
    const std::size_t channels = a.along_last ? shape.back() : element_count(shape);
    std::size_t number = a.along_last ? in.number : r.add(reshape{{channels}}, {in.number});
    std::vector<array> weights;
    weights.push_back(per_channel(r, a.factors, channels));
    weights.push_back(per_channel(r, a.offsets, channels));
    weights.push_back(r.filled(0.0, channels));
    weights.push_back(r.filled(1.0 - epsilon, channels));
    number = r.add(batch_normalization{epsilon, true, true}, {number}, std::move(weights));
    r.set_affine(number);
    return r.like(in, a.along_last ? number : r.add(reshape{shape}, {number}));
}

/// Multiplies the factors and offsets of the layer before by values, or adds values to its offsets.
bool joins_affine(reader& r, const value& in, const affine& a) {
    node* last = own_producer(r, in);
    if (last == nullptr || !a.along_last || !r.is_affine(in.number)) return false;
    for (std::size_t i = 0; i < last->output.back(); ++i) {
        const auto change = [&](array& values, double factor, double offset) {
            if (!values.doubles.empty()) values.doubles[i] = values.doubles[i] * factor + offset;
            else values.floats[i] = static_cast<float>(double{values.floats[i]} * factor + offset);
        };
        change(last->weights[0], a.factor(i), 0.0);
        change(last->weights[1], a.factor(i), a.offset(i));
    }
    return true;
}

/// The value repeated along its axes of 1 that are longer in the constant.
value widened(reader& r, value in, const constant& c) {
    const std::size_t rank = in.order.size() + 1;
    if (in.merged != 0 || c.shape.size() > rank) return in;
    for (std::size_t i = 0; i < c.shape.size(); ++i) {
        const std::size_t at = i + rank - c.shape.size(), axis = at - (at > in.batch ? 1 : 0);
        if (at != in.batch && c.shape[i] > 1 && r.shape(in)[in.order[axis]] == 1)
            in = repeated(r, in, axis, static_cast<double>(c.shape[i]));
    }
    return in;
}

void with_constant(reader& r, const value& given, const constant& c, bool is_first) {
    const std::string& type = r.op().op_type();
    if (type == "Max" || type == "Min" || type == "Pow") {
        if (c.values.size() != 1 || c.shape.size() > given.order.size() + 1 || (type == "Pow" && is_first))
            throw problem("has a constant that is not one number");
        return r.give(type == "Pow" ? raised(r, given, c.values[0]) : bounded(r, given, type == "Max", c.values[0]));
    }
    const value in = widened(r, given, c);
    if (type == "Div" && is_first) {
        const value inverse = applied(r, in, "reciprocal", constant_text(1.0) + " / x");
        if (c.values.size() == 1 && c.values[0] == 1.0) return r.give(inverse);
        if (c.values.size() == 1) return r.give(r.like(in, r.add(rescaling{c.values[0], 0.0}, {inverse.number})));
        affine a;
        a.factors = broadcast(r, in, c, a.along_last);
        a.offsets.assign(a.factors.size(), 0.0);
        return r.give(normalized(r, inverse, a));
    }
    affine a;
    const std::vector<double> values = broadcast(r, in, c, a.along_last);
    a.factors.assign(values.size(), 1.0);
    a.offsets.assign(values.size(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (type == "Mul") a.factors[i] = values[i];
        else if (type == "Div" && values[i] == 0.0) throw problem("divides by 0");
        else if (type == "Div") a.factors[i] = 1.0 / values[i];
        else a.offsets[i] = type == "Sub" && !is_first ? -values[i] : values[i];
        if (type == "Sub" && is_first) a.factors[i] = -1.0;
    }
    const bool adds = type == "Add" || (type == "Sub" && !is_first), multiplies = type == "Mul" || type == "Div";
    const bool is_one = c.values.size() == 1;
    node* last = own_producer(r, in);
    if (joins_affine(r, in, a)) return r.give(in);
    if (last != nullptr && a.along_last && (!is_one || r.shape(in).back() == 1) &&
        ((adds && becomes_bias(r, *last, a.offsets)) || (multiplies && becomes_gamma(r, *last, a.factors))))
        return r.give(in);
    if (is_one) return r.give(r.like(in, r.add(rescaling{a.factors[0], a.offsets[0]}, {in.number})));
    r.give(normalized(r, in, a));
}

}  // namespace

void read_arithmetic(reader& r) {
    const std::string& type = r.op().op_type();
    if ((type == "Max" || type == "Min") && r.op().input_size() == 1) return r.give(r.any_input(0));
    if (r.op().input_size() < 2 || (r.op().input_size() > 2 && type != "Max" && type != "Min" && type != "Sum"))
        throw problem("has " + std::to_string(r.op().input_size()) + " inputs, expected two");
    if (r.op().input_size() == 2) {
        if (const constant* c = r.constant_input(0)) return with_constant(r, r.any_input(1), *c, true);
        if (const constant* c = r.constant_input(1)) return with_constant(r, r.any_input(0), *c, false);
    }
    static const std::map<std::string, std::string> merges{{"Add", "Add"},     {"Sub", "Subtract"}, {"Mul", "Multiply"},
                                                           {"Max", "Maximum"}, {"Min", "Minimum"},  {"Sum", "Add"},
                                                           {"Div", "Multiply"}};
    const auto found = merges.find(type);
    if (found == merges.end()) throw problem("raises a value to the power of another; strata has no such layer");
    const value a = r.any_input(0);
    std::vector<std::size_t> numbers{a.number};
    for (int i = 1; i < r.op().input_size(); ++i) {
        value b = r.any_input(i);
        if (a.order.size() != b.order.size()) throw problem("its inputs have different numbers of axes");
        if (a.batch != b.batch || a.merged != b.merged) throw problem("its inputs have the batch in different places");
        b = r.with_order(b, a.order);
        if (type == "Div") b = applied(r, b, "reciprocal", constant_text(1.0) + " / x");
        numbers.push_back(b.number);
    }
    r.give(r.like(a, r.add(merge{found->second}, std::move(numbers))));
}

void read_negation(reader& r) {
    const value in = r.any_input(0);
    r.give(r.like(in, r.add(rescaling{-1.0, 0.0}, {in.number})));
}

}  // namespace convert::onnx_import
