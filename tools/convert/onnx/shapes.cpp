// Constant, Identity and Dropout; Flatten, Reshape, Squeeze, Unsqueeze and Transpose.
#include <algorithm>
#include <set>

#include "operators.hpp"
#include "regroup.hpp"

namespace convert::onnx_import {

void read_constant(reader& r) {
    if (const auto* tensor = r.attribute("value")) return r.give(r.parsed(tensor->t()));
    constant c;
    if (const auto* number = r.attribute("value_float")) c.values = {double{number->f()}};
    else if (const auto* integer = r.attribute("value_int")) c = {{}, {static_cast<double>(integer->i())}, true};
    else if (const auto* floats = r.attribute("value_floats"))
        c.values.assign(floats->floats().begin(), floats->floats().end());
    else if (const auto* integers = r.attribute("value_ints"); integers != nullptr) {
        c.values.assign(integers->ints().begin(), integers->ints().end());
        c.is_integer = true;
    } else throw problem("is a constant that is no tensor");
    if (r.attribute("value_floats") != nullptr || r.attribute("value_ints") != nullptr) c.shape = {c.values.size()};
    r.give(std::move(c));
}

void read_identity(reader& r) {
    r.ignore_attributes({"seed", "ratio"});
    if (r.op().op_type() == "Dropout" && r.op().input_size() > 2 && r.constant_input(2) != nullptr &&
        r.constant_input(2)->values != std::vector<double>{0.0})
        throw problem("drops values at inference");
    if (const constant* copied = r.constant_input(0)) {
        r.budget().claim(copied->shape);
        return r.give(constant(*copied));
    }
    r.give(r.input(0));
}

namespace {

struct target_axis {
    std::size_t extent = 1;
    bool is_open = false;   // -1
    bool is_batch = false;  // the batch, or a multiple of it
};

/// The axes that a Reshape's second input names. An extent of 0 is that of the input.
std::vector<target_axis> target_axes(reader& r, const value& in, const constant& wanted) {
    const extents sample = r.file_shape(in);
    std::vector<target_axis> axes;
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        const double extent = wanted.values[i];
        target_axis axis;
        if (!wanted.has_batch.empty() && wanted.has_batch[i]) axis.is_batch = true;
        else if (extent == 0.0 && in.merged == 0 && i == in.batch) axis.is_batch = true;
        else if (extent == 0.0 && in.merged == 0 && i <= sample.size())
            axis.extent = sample[i - (i > in.batch ? 1 : 0)];
        else if (extent == -1.0) axis.is_open = true;
        else if (extent >= 1.0 && extent <= 2147483647.0) axis.extent = static_cast<std::size_t>(extent);
        else throw problem("has a shape that is none");
        if (axis.is_batch && extent > 1.0) {  // (batch steps, ...)
            if (i != 0) throw problem("merges the batch with axes before it; strata's nets work on one sample");
            axis.extent = static_cast<std::size_t>(extent);
        }
        axes.push_back(axis);
    }
    return axes;
}

extents known_extents(const std::vector<target_axis>& axes) {
    extents known;
    for (const target_axis& axis : axes)
        if (!axis.is_open) known.push_back(axis.extent);
    return known;
}

/// Finds the axis of the batch, where the target does not say it: a first axis that is the file's batch or 1, or one
/// of -1 where the others hold a sample.
void mark_batch(reader& r, std::vector<target_axis>& axes, std::size_t size) {
    if (std::any_of(axes.begin(), axes.end(), [](const target_axis& axis) { return axis.is_batch; }) || axes.empty())
        return;
    const std::size_t known = element_count(known_extents(axes));
    const bool has_open = std::any_of(axes.begin(), axes.end(), [](const target_axis& axis) { return axis.is_open; });
    target_axis& first = axes.front();
    if (!first.is_open && first.extent == r.batch().value_or(1) &&
        (known == size * first.extent || (has_open && size % (known / first.extent) == 0))) {
        first = {1, false, true};
    } else if (first.is_open && size % known == 0) {
        first = {size / known, false, true};
    }
}

}  // namespace

void read_reshape(reader& r) {
    value in = r.any_input(0);
    const std::size_t size = element_count(r.shape(in));
    const constant* wanted = r.constant_or_batch(1);
    if (wanted == nullptr) throw problem("its shape is computed by the graph; strata's are constants");
    if (r.integer("allowzero", 0) != 0) throw problem("has allowzero=1");
    std::vector<target_axis> axes = target_axes(r, in, *wanted);
    mark_batch(r, axes, size);
    if (std::count_if(axes.begin(), axes.end(), [](const target_axis& axis) { return axis.is_batch; }) > 1)
        throw problem("names the batch twice; strata's nets work on one sample");
    const auto batch = std::find_if(axes.begin(), axes.end(), [](const target_axis& axis) { return axis.is_batch; });
    const std::size_t known = element_count(known_extents(axes));
    for (target_axis& axis : axes)
        if (axis.is_open && size % known == 0) axis = {size / known, false, false};
    const bool fits = batch != axes.end() && element_count(known_extents(axes)) == size &&
                      std::none_of(axes.begin(), axes.end(), [](const target_axis& axis) { return axis.is_open; });
    if (!fits) throw problem("changes the batch; strata's nets work on one sample");
    const auto position = static_cast<std::size_t>(batch - axes.begin());
    if (position == 0 && in.batch == 0 && in.merged == 0 && batch->extent == 1 && axes.size() > 1) {
        const std::vector<target_axis> sample(axes.begin() + 1, axes.end());
        return r.give(reshaped(r, in, known_extents(sample)));
    }
    in = r.in_file_order(in);
    std::size_t before = 1, file_before = 1;
    for (std::size_t i = 0; i < position; ++i) before *= axes[i].extent;
    for (std::size_t i = 0; i < in.batch; ++i) file_before *= r.shape(in)[i];
    if (before != file_before) throw problem("moves the batch; strata's nets work on one sample");
    value out{.number = in.number, .batch = position, .is_integer = in.is_integer};
    extents target;
    if (const std::size_t merged = batch->extent; merged > 1) {
        std::size_t product = 1;
        while (out.merged < r.shape(in).size() && product < merged) product *= r.shape(in)[out.merged++];
        if (product != merged)
            throw problem("merges the batch with a part of an axis; strata's nets work on one sample");
        target.assign(r.shape(in).begin(), r.shape(in).begin() + static_cast<std::ptrdiff_t>(out.merged));
    }
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (i != position) target.push_back(axes[i].extent);
    if (target.empty()) target = {1};
    if (target != r.shape(in)) out.number = r.add(reshape{target}, {in.number});
    out.order = identity_order(target.size());
    r.give(out);
}

void read_flatten(reader& r) {
    const value in = r.in_file_order(r.input(0));
    const auto rank = static_cast<std::int64_t>(in.order.size()) + 1;
    const std::int64_t stated = r.integer("axis", 1), axis = stated < 0 ? stated + rank : stated;
    if (axis < 1 || axis > rank) throw problem("merges the batch with its samples; strata's nets work on one sample");
    value out{.number = in.number, .merged = static_cast<std::size_t>(axis) - 1, .is_integer = in.is_integer};
    extents target(r.shape(in).begin(), r.shape(in).begin() + static_cast<std::ptrdiff_t>(out.merged));
    target.push_back(element_count(r.shape(in)) / element_count(target));
    out.order = identity_order(target.size());
    if (target != r.shape(in)) out.number = r.add(reshape{target}, {in.number});
    r.give(out);
}

namespace {

/// Adds an axis of 1 before file axis `at` of a sample, beside the axis that follows it there: an image stays channels
/// last.
value with_axis(reader& r, const value& in, std::size_t at) {
    value out = in;
    const std::size_t place = in.order.empty() ? 0 : at < in.order.size() ? in.order[at] : in.order[at - 1] + 1;
    for (std::size_t& axis : out.order)
        if (axis >= place) ++axis;
    out.order.insert(out.order.begin() + static_cast<std::ptrdiff_t>(at), place);
    extents target = r.shape(in);
    target.insert(target.begin() + static_cast<std::ptrdiff_t>(place), 1);
    out.number = r.add(reshape{target}, {in.number});
    return out;
}

}  // namespace

value without_axis(reader& r, const value& in, std::size_t at) {
    value out = in;
    const std::size_t place = in.order[at];
    if (r.shape(in)[place] != 1) throw problem("removes an axis that is not 1");
    if (in.order.size() == 1) return out;  // a vector of one value
    out.order.erase(out.order.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t& axis : out.order)
        if (axis > place) --axis;
    extents target = r.shape(in);
    target.erase(target.begin() + static_cast<std::ptrdiff_t>(place));
    out.number = r.add(reshape{target}, {in.number});
    return out;
}

void read_squeeze(reader& r) {
    value v = r.any_input(0);
    if (v.merged != 0) throw problem("its input has the batch merged with steps");
    const bool adds = r.op().op_type() == "Unsqueeze";
    std::vector<std::int64_t> stated;
    if (r.has_input(1)) stated = whole_values(r.require_constant(1, "axes"));
    else if (adds) throw problem("has no axes; the file is damaged");
    std::set<std::size_t> axes = distinct_axes(stated, v.order.size() + 1 + (adds ? stated.size() : 0));
    if (!adds && stated.empty()) {
        const extents sample = r.file_shape(v);
        for (std::size_t i = 0; i < sample.size(); ++i)
            if (sample[i] == 1) axes.insert(i + (i >= v.batch ? 1 : 0));
    }
    if (adds) {
        for (const std::size_t axis : axes) {  // in ascending order, so that each is where it says at once
            if (axis <= v.batch) {
                const std::size_t batch = v.batch + 1;
                v = with_axis(r, v, axis);
                v.batch = batch;
            } else {
                v = with_axis(r, v, axis - 1);
            }
        }
        return r.give(v);
    }
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        if (*axis == v.batch) throw problem("removes the batch; strata's nets work on one sample");
        const bool is_before = *axis < v.batch;
        v = without_axis(r, v, *axis - (is_before ? 0 : 1));
        if (is_before) --v.batch;
    }
    r.give(v);
}

void read_transpose(reader& r) {
    const auto* stated = r.attribute("perm");
    const auto perm_of = [&](std::size_t rank) {
        std::vector<std::size_t> perm = identity_order(rank);
        std::reverse(perm.begin(), perm.end());
        if (stated != nullptr) perm.assign(stated->ints().begin(), stated->ints().end());
        std::vector<std::size_t> sorted = perm;
        std::sort(sorted.begin(), sorted.end());
        if (sorted != identity_order(rank)) throw problem("has a perm that is none");
        return perm;
    };
    if (const constant* fixed = r.constant_or_batch(0)) {
        r.budget().claim(fixed->shape);
        return r.give(permuted(*fixed, perm_of(fixed->shape.size())));
    }
    const value in = r.any_input(0);
    if (in.merged != 0) throw problem("its input has the batch merged with steps");
    value out = r.like(in, in.number);
    const std::vector<std::size_t> perm = perm_of(in.order.size() + 1);
    out.order.clear();
    for (std::size_t i = 0; i < perm.size(); ++i) {
        if (perm[i] == in.batch) out.batch = i;
        else out.order.push_back(in.order[perm[i] - (perm[i] > in.batch ? 1 : 0)]);
    }
    r.give(out);
}

void read_cast(reader& r) {
    using proto = onnx::TensorProto;
    r.ignore_attributes({"saturate", "round_mode"});
    const value* classes = r.find_value(r.input_name(0));
    value v = classes != nullptr && classes->one_hot != 0 ? *classes : r.any_input(0);
    const auto to = static_cast<int>(r.integer("to", 0));
    const bool is_float = to == proto::FLOAT || to == proto::DOUBLE || to == proto::FLOAT16 || to == proto::BFLOAT16;
    if (!is_float && to != proto::INT64 && to != proto::INT32)
        throw problem("makes values that are no floats and no indices");
    v.is_integer = !is_float;
    r.give(v);
}

}  // namespace convert::onnx_import
