// Constant folding: nodes whose inputs are constants, and those that ask for a shape. Exporters write them around
// Reshape, Expand and Slice. The batch is open in strata's nets: it is a constant whose values are multiples of it.
// A result is claimed from the reader's budget before it is made.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

using positions = std::vector<std::size_t>;

bool is_batch(const constant& c, std::size_t i) { return !c.has_batch.empty() && c.has_batch[i]; }

/// The result of `shape` whose value i is value from[i] of `c`.
constant taken(const constant& c, std::vector<std::size_t> shape, const positions& from) {
    constant result{.shape = std::move(shape), .is_integer = c.is_integer};
    for (const std::size_t i : from) {
        result.values.push_back(c.values[i]);
        if (!c.has_batch.empty()) result.has_batch.push_back(c.has_batch[i]);
    }
    return result;
}
constant integers_of(const std::vector<std::int64_t>& values) {
    constant result{.shape = {values.size()}, .is_integer = true};
    result.values.assign(values.begin(), values.end());
    return result;
}
constant with_shape(constant c, std::vector<std::size_t> shape) {
    c.shape = std::move(shape);
    return c;
}

std::vector<std::size_t> broadcast_shape(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    std::vector<std::size_t> out(std::max(a.size(), b.size()), 1);
    for (const auto* each : {&a, &b})
        for (std::size_t i = 0; i < each->size(); ++i) {
            std::size_t& extent = out[out.size() - each->size() + i];
            const std::size_t other = (*each)[i];
            if (extent != other && extent != 1 && other != 1) throw problem("has constants that do not broadcast");
            extent = extent == 1 ? other : extent;
        }
    return out;
}
/// For each value of a shape, the value of a smaller one that is broadcast to it.
positions broadcast_positions(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to) {
    std::vector<std::size_t> steps(to.size(), 0), at(to.size(), 0);
    std::size_t step = 1;
    for (std::size_t i = from.size(); i-- > 0; step *= from[i])
        steps[to.size() - from.size() + i] = from[i] == 1 ? 0 : step;
    positions result(value_count(to));
    std::size_t offset = 0;
    for (std::size_t& each : result) {
        each = offset;
        for (std::size_t i = to.size(); i-- > 0;) {
            offset += steps[i];
            if (++at[i] < to[i]) break;
            offset -= steps[i] * to[i];
            at[i] = 0;
        }
    }
    return result;
}

// Arithmetic

using binary = std::function<double(double, double)>;
using unary = std::function<double(double)>;

const std::map<std::string, binary>& binary_functions() {
    static const std::map<std::string, binary> table{
        {"Add", std::plus<double>()},
        {"Sub", std::minus<double>()},
        {"Mul", std::multiplies<double>()},
        {"Div", std::divides<double>()},
        {"Max", [](double a, double b) { return std::max(a, b); }},
        {"Min", [](double a, double b) { return std::min(a, b); }},
        {"Pow", [](double a, double b) { return std::pow(a, b); }},
        {"Mod", [](double a, double b) { return a - b * std::floor(a / b); }},
        {"Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
        {"Less", [](double a, double b) { return a < b ? 1.0 : 0.0; }},
        {"LessOrEqual", [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
        {"Greater", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
        {"GreaterOrEqual", [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
        {"And", [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; }},
        {"Or", [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; }},
    };
    return table;
}
const std::map<std::string, unary>& unary_functions() {
    static const std::map<std::string, unary> table{
        {"Abs", [](double x) { return std::fabs(x); }},
        {"Ceil", [](double x) { return std::ceil(x); }},
        {"Erf", [](double x) { return std::erf(x); }},
        {"Exp", [](double x) { return std::exp(x); }},
        {"Floor", [](double x) { return std::floor(x); }},
        {"Log", [](double x) { return std::log(x); }},
        {"Neg", [](double x) { return -x; }},
        {"Not", [](double x) { return x == 0 ? 1.0 : 0.0; }},
        {"Reciprocal", [](double x) { return 1.0 / x; }},
        {"Sqrt", [](double x) { return std::sqrt(x); }},
    };
    return table;
}

constant computed(reader& r, const std::string& type, const constant& a, const constant& b) {
    const bool compares = type.starts_with("Less") || type.starts_with("Greater") || type == "Equal";
    constant result{.shape = broadcast_shape(a.shape, b.shape), .is_integer = a.is_integer || compares};
    r.budget().claim(result.shape);
    const positions from_a = broadcast_positions(a.shape, result.shape),
                    from_b = broadcast_positions(b.shape, result.shape);
    const binary& function = binary_functions().at(type);
    const bool has_batch = a.depends_on_batch() || b.depends_on_batch();
    for (std::size_t i = 0; i < from_a.size(); ++i) {
        const double x = a.values[from_a[i]], y = b.values[from_b[i]];
        const bool x_batch = is_batch(a, from_a[i]), y_batch = is_batch(b, from_b[i]);
        bool is_multiple = false;
        if (x_batch || y_batch) {
            is_multiple = (type == "Mul" && x_batch != y_batch) || (type == "Div" && x_batch && !y_batch) ||
                          ((type == "Add" || type == "Sub") && (x_batch == y_batch || (x_batch ? y : x) == 0.0));
            const bool is_ratio = type == "Div" && x_batch && y_batch;
            const bool is_unequal = type == "Equal" && x_batch != y_batch && (x_batch ? y : x) < 0.0;
            if (!is_multiple && !is_ratio && !is_unequal)
                throw problem("computes with the batch; strata's nets work on one sample");
        }
        double value = function(x, y);
        if (type == "Div" && a.is_integer) {
            if (y == 0.0) throw problem("divides integers by 0");
            if (is_multiple && std::fmod(x, y) != 0.0)
                throw problem("divides the batch; strata's nets work on one sample");
            value = std::trunc(value);
        }
        result.values.push_back(value);
        if (has_batch) result.has_batch.push_back(is_multiple);
    }
    return result;
}

constant reduced(reader& r, const constant& c, const std::vector<std::int64_t>& axes, bool keeps) {
    std::vector<bool> is_reduced(c.shape.size(), axes.empty());
    for (const std::size_t axis : distinct_axes(axes, c.shape.size())) is_reduced[axis] = true;
    r.budget().claim(c.shape);  // a position for each value
    std::vector<std::size_t> kept = c.shape, shape;
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (is_reduced[i]) kept[i] = 1;
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (keeps || !is_reduced[i]) shape.push_back(kept[i]);
    const std::string& type = r.op().op_type();
    const bool is_product = type == "ReduceProd";
    constant result{.shape = shape, .is_integer = c.is_integer};
    result.values.assign(r.budget().claim(kept), is_product ? 1.0 : 0.0);
    std::vector<bool> has_batch(result.values.size(), false), is_begun(result.values.size(), false);
    const positions to = broadcast_positions(kept, c.shape);
    for (std::size_t i = 0; i < c.values.size(); ++i) {
        double& value = result.values[to[i]];
        if (is_batch(c, i) && (!is_product || has_batch[to[i]]))
            throw problem("computes with the batch; strata's nets work on one sample");
        has_batch[to[i]] = has_batch[to[i]] || is_batch(c, i);
        if (is_product) value *= c.values[i];
        else if (type == "ReduceSum" || type == "ReduceMean") value += c.values[i];
        else if (!is_begun[to[i]]) value = c.values[i];
        else value = type == "ReduceMax" ? std::max(value, c.values[i]) : std::min(value, c.values[i]);
        is_begun[to[i]] = true;
    }
    if (type == "ReduceMean")
        for (double& value : result.values)
            value *= static_cast<double>(result.values.size()) /
                     static_cast<double>(std::max<std::size_t>(1, c.values.size()));
    if (c.depends_on_batch()) result.has_batch = has_batch;
    return result;
}

// Operators that move values

constant gathered(reader& r, const constant& c, const constant& indices, std::size_t axis) {
    std::vector<std::size_t> shape(c.shape.begin(), c.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
    shape.insert(shape.end(), c.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, c.shape.end());
    std::size_t outer = 1, inner = 1;
    for (std::size_t i = 0; i < axis; ++i) outer *= c.shape[i];
    for (std::size_t i = axis + 1; i < c.shape.size(); ++i) inner *= c.shape[i];
    positions from;
    const std::size_t count = r.budget().claim(shape);
    if (count == 0) return taken(c, shape, {});  // other extents may be large
    from.reserve(count);
    for (std::size_t o = 0; o < outer; ++o)
        for (const double index : indices.values) {
            const std::size_t at = axis_of(whole(index), c.shape[axis]);
            for (std::size_t i = 0; i < inner; ++i) from.push_back((o * c.shape[axis] + at) * inner + i);
        }
    return taken(c, shape, from);
}

constant sliced(reader& r, const constant& c, const constant& starts, const constant& ends, const constant* axes,
                const constant* steps) {
    if (ends.values.size() != starts.values.size() ||
        (axes != nullptr && axes->values.size() != starts.values.size()) ||
        (steps != nullptr && steps->values.size() != starts.values.size()))
        throw problem("has starts, ends, axes and steps of different lengths");
    r.budget().claim(c.shape);
    constant result = c;
    std::set<std::size_t> seen;
    for (std::size_t k = 0; k < starts.values.size(); ++k) {
        const std::size_t axis =
            axis_of(axes == nullptr ? static_cast<std::int64_t>(k) : whole(axes->values[k]), c.shape.size());
        if (!seen.insert(axis).second) throw problem("names an axis twice; the file is damaged");
        const std::int64_t step = steps == nullptr ? 1 : whole(steps->values[k]);
        const auto extent = static_cast<std::int64_t>(result.shape[axis]);
        if (step == 0) throw problem("has a step of 0");
        const auto clamped = [&](double value) {
            const std::int64_t at = whole(value) < 0 ? whole(value) + extent : whole(value);
            return step > 0 ? std::clamp<std::int64_t>(at, 0, extent) : std::clamp<std::int64_t>(at, -1, extent - 1);
        };
        const std::int64_t begin = clamped(starts.values[k]), end = clamped(ends.values[k]);
        const std::int64_t distance = step > 0 ? end - begin : begin - end, apart = step > 0 ? step : -step;
        constant indices{.shape = {0}, .is_integer = true};
        if (distance > 0) indices.shape[0] = static_cast<std::size_t>((distance - 1) / apart + 1);
        r.budget().claim(indices.shape);  // a constant without values may have a long axis
        for (std::size_t i = 0; i < indices.shape[0]; ++i)
            indices.values.push_back(static_cast<double>(begin + static_cast<std::int64_t>(i) * step));
        result = gathered(r, result, indices, axis);
    }
    return result;
}

constant joined(reader& r, const std::vector<const constant*>& parts, std::size_t axis) {
    constant result{.shape = parts[0]->shape, .is_integer = parts[0]->is_integer};
    std::size_t outer = 1;
    bool has_batch = false;
    for (std::size_t i = 0; i < axis; ++i) outer *= result.shape[i];
    result.shape[axis] = 0;
    for (const constant* part : parts) {
        if (part->shape.size() != result.shape.size()) throw problem("joins constants of different numbers of axes");
        for (std::size_t i = 0; i < result.shape.size(); ++i)
            if (i != axis && part->shape[i] != result.shape[i]) throw problem("joins constants that do not fit");
        result.shape[axis] += part->shape[axis];
        value_count(result.shape);
        has_batch = has_batch || part->depends_on_batch();
    }
    if (r.budget().claim(result.shape) == 0) return result;  // other extents may be large
    for (std::size_t o = 0; o < outer; ++o)
        for (const constant* part : parts) {
            const std::size_t size = part->values.size() / outer;
            for (std::size_t i = o * size; i < (o + 1) * size; ++i) {
                result.values.push_back(part->values[i]);
                if (has_batch) result.has_batch.push_back(is_batch(*part, i));
            }
        }
    return result;
}

/// The extents that a constant says. The batch is 1: a constant is the same for all samples.
std::vector<std::size_t> extents_in(const constant& shape) {
    std::vector<std::size_t> result;
    for (const double extent : shape.values) {
        if (!(extent >= 0.0 && extent <= 2147483647.0)) throw problem("has a shape that is none");
        result.push_back(static_cast<std::size_t>(extent));
    }
    return result;
}

std::vector<std::size_t> reshaped(const constant& c, const constant& shape) {
    std::vector<std::size_t> result;
    std::optional<std::size_t> open;
    for (std::size_t i = 0; i < shape.values.size(); ++i) {
        const double extent = shape.values[i];
        if (is_batch(shape, i) || !(extent >= -1.0 && extent <= 2147483647.0))
            throw problem("has a shape that is none");
        result.push_back(extent == -1.0                        ? 1
                         : extent == 0.0 && i < c.shape.size() ? c.shape[i]
                                                               : static_cast<std::size_t>(extent));
        if (extent == -1.0) open = i;
    }
    const std::size_t known = value_count(result);
    if (open && known > 0) result[*open] = c.values.size() / known;
    if (value_count(result) != c.values.size()) throw problem("has a shape of another number of values");
    return result;
}

/// Axes as an attribute or as input i.
std::vector<std::int64_t> axes_of(reader& r, int i) {
    if (const constant* found = r.constant_input(i)) return whole_values(*found);
    const auto* stated = r.attribute("axes");
    return stated == nullptr ? std::vector<std::int64_t>{}
                             : std::vector<std::int64_t>(stated->ints().begin(), stated->ints().end());
}

constant squeezed(reader& r, constant c) {
    const std::vector<std::int64_t> axes = axes_of(r, 1);
    const bool adds = r.op().op_type() == "Unsqueeze";
    const std::size_t rank = c.shape.size() + (adds ? axes.size() : 0);
    std::vector<bool> is_named(rank, !adds && axes.empty());
    for (const std::size_t axis : distinct_axes(axes, rank)) is_named[axis] = true;
    std::vector<std::size_t> shape;
    std::size_t from = 0;
    for (std::size_t i = 0; i < rank; ++i) {
        if (adds) shape.push_back(is_named[i] ? 1 : c.shape[from++]);
        else if (!is_named[i] || (axes.empty() && c.shape[i] != 1)) shape.push_back(c.shape[i]);
        else if (c.shape[i] != 1) throw problem("removes an axis that is not 1");
    }
    value_count(shape);
    return with_shape(std::move(c), std::move(shape));
}

/// The shape of a value as a constant.
constant shape_of(reader& r, const value& v) {
    if (v.merged != 0) throw problem("asks for the shape of a value whose batch is merged with its steps");
    const extents sample = r.file_shape(v);
    constant result{.is_integer = true};
    for (std::size_t i = 0; i < sample.size() + 1; ++i) {
        result.has_batch.push_back(i == v.batch);
        result.values.push_back(i == v.batch ? 1.0 : static_cast<double>(sample[i - (i > v.batch ? 1 : 0)]));
    }
    result.shape = {result.values.size()};
    return result;
}

constant cast(reader& r, constant result) {
    using proto = onnx::TensorProto;
    const auto to = static_cast<int>(r.integer("to", 0));
    r.ignore_attributes({"saturate", "round_mode"});
    if (to == proto::STRING) throw problem("makes texts of numbers");
    result.is_integer = to != proto::FLOAT && to != proto::DOUBLE && to != proto::FLOAT16 && to != proto::BFLOAT16;
    for (double& value : result.values) {
        if (to == proto::BOOL) value = value != 0.0 ? 1.0 : 0.0;
        else if (result.is_integer) value = std::trunc(value);
        else if (to == proto::FLOAT) value = static_cast<double>(static_cast<float>(value));
    }
    return result;
}

constant range(reader& r, const constant& from, const constant& to, const constant& step) {
    for (const constant* each : {&from, &to, &step})
        if (each->values.size() != 1) throw problem("has a bound that is no number");
    const double count = std::ceil((to.values[0] - from.values[0]) / step.values[0]);
    if (!(count <= 2147483647.0)) throw problem("makes a constant of more than 2147483647 values");
    constant result{.is_integer = from.is_integer};
    r.budget().claim({static_cast<std::size_t>(std::max(count, 0.0))});
    for (double i = 0; i < count; ++i) result.values.push_back(from.values[0] + i * step.values[0]);
    result.shape = {result.values.size()};
    return result;
}

/// The result of a node of constants; nothing for an operator that has no folding.
std::optional<constant> folded(reader& r, const std::vector<const constant*>& in) {
    const std::string& type = r.op().op_type();
    const constant* none = nullptr;
    const auto optional = [&](std::size_t i) { return i < in.size() ? in[i] : none; };
    const auto needs = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            if (optional(i) == nullptr) throw problem("has too few inputs; the file is damaged");
    };
    if (type == "Range") return needs(3), range(r, *in[0], *in[1], *in[2]);
    if (type == "ConstantOfShape") {
        needs(1);
        const auto* stated = r.attribute("value");
        const constant fill = stated == nullptr ? constant{{1}, {0.0}} : r.parsed(stated->t());
        if (fill.values.size() != 1) throw problem("has a value that is not one number");
        constant result{.shape = extents_in(*in[0]), .is_integer = fill.is_integer};
        result.values.assign(r.budget().claim(result.shape), fill.values[0]);
        return result;
    }
    needs(1);
    const constant& c = *in[0];
    const auto copied = [&]() -> constant {
        r.budget().claim(c.shape);
        return c;
    };
    if (type == "Cast") return cast(r, copied());
    if (type == "CastLike") {
        needs(2);
        constant result = copied();
        result.is_integer = in[1]->is_integer;
        return result;
    }
    if (type == "Identity") return copied();
    if (type == "Gather") {
        needs(2);
        if (c.shape.empty()) throw problem("takes values of a number");
        return gathered(r, c, *in[1], axis_of(r.integer("axis", 0), c.shape.size()));
    }
    if (type == "Slice") return needs(3), sliced(r, c, *in[1], *in[2], optional(3), optional(4));
    if (type == "Concat") {
        needs(in.size());
        return joined(r, in, axis_of(r.integer("axis", 0), c.shape.size()));
    }
    if (type == "Squeeze" || type == "Unsqueeze") return squeezed(r, copied());
    if (type == "Reshape") {
        needs(2);
        if (r.integer("allowzero", 0) != 0) throw problem("has allowzero=1");
        return with_shape(copied(), reshaped(c, *in[1]));
    }
    if (type == "Expand") {
        needs(2);
        const auto shape = broadcast_shape(c.shape, extents_in(*in[1]));
        r.budget().claim(shape);
        return taken(c, shape, broadcast_positions(c.shape, shape));
    }
    if (type == "Where") {
        needs(3);
        const auto shape = broadcast_shape(broadcast_shape(c.shape, in[1]->shape), in[2]->shape);
        r.budget().claim(shape);
        const positions of = broadcast_positions(c.shape, shape), a = broadcast_positions(in[1]->shape, shape),
                        b = broadcast_positions(in[2]->shape, shape);
        constant result{.shape = shape, .is_integer = in[1]->is_integer};
        for (std::size_t i = 0; i < of.size(); ++i) {
            const bool is_first = c.values[of[i]] != 0.0;
            result.values.push_back(is_first ? in[1]->values[a[i]] : in[2]->values[b[i]]);
            result.has_batch.push_back(is_first ? is_batch(*in[1], a[i]) : is_batch(*in[2], b[i]));
        }
        return result;
    }
    if (type == "ReduceProd" || type == "ReduceSum" || type == "ReduceMax" || type == "ReduceMin" ||
        type == "ReduceMean") {
        const bool keeps = r.integer("keepdims", 1) != 0;
        const auto axes = axes_of(r, 1);
        if (axes.empty() && r.integer("noop_with_empty_axes", 0) != 0) return copied();
        return reduced(r, c, axes, keeps);
    }
    if (binary_functions().contains(type)) {
        if (type == "Mod" && r.integer("fmod", 0) != 0) return std::nullopt;
        needs(2);
        constant result = computed(r, type, c, *in[1]);
        for (std::size_t i = 2; i < in.size(); ++i) needs(i + 1), result = computed(r, type, result, *in[i]);
        return result;
    }
    if (const auto found = unary_functions().find(type); found != unary_functions().end()) {
        if (c.depends_on_batch()) throw problem("computes with the batch; strata's nets work on one sample");
        constant result = copied();
        std::transform(c.values.begin(), c.values.end(), result.values.begin(), found->second);
        return result;
    }
    return std::nullopt;
}

/// The parts of a constant, each an output.
void split(reader& r, const std::vector<const constant*>& in) {
    if (in[0] == nullptr) throw problem("has too few inputs; the file is damaged");
    const constant& c = *in[0];
    const std::size_t axis = axis_of(r.integer("axis", 0), c.shape.size());
    const auto count = static_cast<std::size_t>(r.op().output_size());
    r.ignore_attributes({"num_outputs"});
    std::vector<double> sizes(count, static_cast<double>((c.shape[axis] + count - 1) / count));
    if (in.size() > 1 && in[1] != nullptr) sizes = in[1]->values;
    if (sizes.size() != count) throw problem("has another number of parts than of outputs");
    const constant axes{{1}, {static_cast<double>(axis)}, true};
    double begin = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!(sizes[i] >= 0.0)) throw problem("has a part of a negative size");
        const double end = std::min(begin + sizes[i], static_cast<double>(c.shape[axis]));
        r.give(sliced(r, c, {{1}, {begin}, true}, {{1}, {end}, true}, &axes, nullptr), static_cast<int>(i));
        begin = end;
    }
    if (begin != static_cast<double>(c.shape[axis])) throw problem("has parts that do not fill its axis");
}

}  // namespace

bool fold_constants(reader& r) {
    const std::string& type = r.op().op_type();
    if ((type == "Shape" || type == "Size") && r.op().input_size() == 1) {
        const constant* of = r.constant_or_batch(0);
        constant shape =
            of == nullptr ? shape_of(r, r.any_input(0)) : integers_of({of->shape.begin(), of->shape.end()});
        if (type == "Size") {
            double size = 1;
            for (const double extent : shape.values) size *= extent;
            r.give({.values = {size}, .is_integer = true, .has_batch = {shape.depends_on_batch()}});
            return true;
        }
        const auto rank = static_cast<std::int64_t>(shape.values.size());
        const auto bound = [&](std::int64_t at) {
            return static_cast<double>(std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank));
        };
        const constant from{{1}, {bound(r.integer("start", 0))}, true}, to{{1}, {bound(r.integer("end", rank))}, true};
        r.give(sliced(r, shape, from, to, nullptr, nullptr));
        return true;
    }
    if (type == "CastLike")  // of values of the net, which are floats
        if (const constant* c = r.constant_or_batch(0); c != nullptr && r.constant_or_batch(1) == nullptr) {
            r.ignore_attributes({"saturate", "round_mode"});
            return r.give(constant{c->shape, c->values, false, c->has_batch}), true;
        }
    std::vector<const constant*> inputs;
    for (int i = 0; i < r.op().input_size(); ++i) {
        inputs.push_back(r.constant_or_batch(i));
        if (inputs.back() == nullptr && r.has_input(i)) return false;
    }
    if (inputs.empty()) return false;
    if (type == "Split") return split(r, inputs), true;
    std::optional<constant> result = folded(r, inputs);
    if (result) r.give(std::move(*result));
    return result.has_value();
}

}  // namespace convert::onnx_import
