// Concat, Slice, Split, Gather, OneHot and reductions: a part of an axis is a Cropping, for which any axis can become
// the width of an image.
#include <algorithm>
#include <numeric>
#include <string>

#include "operators.hpp"
#include "slices.hpp"

namespace convert::onnx_import {

value bordered(reader& r, const value& in, std::size_t file_axis, borders edges, std::int64_t before,
               std::int64_t after) {
    if (before == 0 && after == 0) return in;
    const std::size_t axis = in.order[file_axis];
    const extents shape = r.shape(in);
    constexpr std::int64_t most = 1 << 24;
    if (before < 0 || after < 0 || before > most || after > most) throw problem("has edges that are out of range");
    value out = in;
    if (shape.size() == 2 && axis == 0) {
        edges.axes = 1;
        edges.edges = {static_cast<int>(before), static_cast<int>(after), 0, 0};
        out.number = r.add(edges, {in.number});
        return out;
    }
    edges.axes = 2;
    if (shape.size() == 3 && axis < 2) {
        edges.edges = {};
        edges.edges[2 * axis] = static_cast<int>(before);
        edges.edges[2 * axis + 1] = static_cast<int>(after);
        out.number = r.add(edges, {in.number});
        return out;
    }
    const auto at = static_cast<std::ptrdiff_t>(axis);
    const extents outer(shape.begin(), shape.begin() + at), inner(shape.begin() + at + 1, shape.end());
    const std::size_t image = r.add(reshape{{element_count(outer), shape[axis], element_count(inner)}}, {in.number});
    edges.edges = {0, 0, static_cast<int>(before), static_cast<int>(after)};
    const std::size_t changed = r.add(edges, {image});
    extents target = shape;
    target[axis] = r.net().nodes[changed].output[1];
    out.number = r.add(reshape{target}, {changed});
    return out;
}

value part_of(reader& r, const value& in, std::size_t file_axis, std::size_t begin, std::size_t end) {
    const std::size_t extent = r.shape(in)[in.order[file_axis]];
    if (begin >= end || end > extent) throw problem("takes a part of an axis that is empty or outside of it");
    return bordered(r, in, file_axis, {.adds = false}, static_cast<std::int64_t>(begin),
                    static_cast<std::int64_t>(extent - end));
}

void read_concat(reader& r) {
    const std::int64_t axis = r.integer("axis", 0);
    std::vector<std::size_t> numbers;
    const value first = r.any_input(0);
    if (first.merged != 0 && axis == 0) throw problem("joins along the batch; strata's nets work on one sample");
    const std::size_t at = first.merged != 0 ? first.order.size() - 1 : r.sample_axis(first, axis);
    if (first.merged != 0 && axis != -1 && axis != 1) throw problem("its input has the batch merged with steps");
    // The axis becomes the last one of the strata values.
    std::vector<std::size_t> order = first.order;
    const std::size_t last = order.size() - 1;
    for (std::size_t& each : order)
        if (each > first.order[at]) --each;
    order[at] = last;
    for (int i = 0; i < r.op().input_size(); ++i) {
        if (r.constant_or_batch(i) != nullptr) throw problem("joins a constant; strata joins values");
        const value each = r.any_input(i);
        if (each.order.size() != order.size() || each.batch != first.batch || each.merged != first.merged)
            throw problem("its inputs have different numbers of axes");
        numbers.push_back(r.with_order(each, order).number);
    }
    value out = first;
    out.order = order;
    out.number = numbers.size() == 1 ? numbers[0] : r.add(merge{"Concatenate"}, std::move(numbers));
    r.give(out);
}

void read_slice(reader& r) {
    value v = r.any_input(0);
    if (v.merged != 0) throw problem("its input has the batch merged with steps");
    const constant &starts = r.require_constant(1, "start"), &ends = r.require_constant(2, "end");
    const constant* steps = r.has_input(4) ? &r.require_constant(4, "step") : nullptr;
    const constant* axes = r.has_input(3) ? &r.require_constant(3, "axes") : nullptr;
    for (const constant* each : {&ends, axes, steps})
        if (each != nullptr && each->values.size() != starts.values.size())
            throw problem("has starts, ends, axes and steps of different lengths");
    for (std::size_t i = 0; i < starts.values.size(); ++i) {
        const auto axis = axes == nullptr ? static_cast<std::int64_t>(i) : whole(axes->values[i]);
        const auto rank = static_cast<std::int64_t>(v.order.size()) + 1;
        const double step = steps == nullptr ? 1.0 : steps->values[i];
        if ((axis < 0 ? axis + rank : axis) == static_cast<std::int64_t>(v.batch)) {
            const bool is_whole = starts.values[i] == 0.0 &&
                                  ends.values[i] >= static_cast<double>(r.batch().value_or(std::size_t{1} << 31)) &&
                                  step == 1.0;
            if (!is_whole && !(starts.values[i] == 0.0 && ends.values[i] > 2147483646.0 && step == 1.0))
                throw problem("takes a part of the batch; strata's nets work on one sample");
            continue;
        }
        const std::size_t at = r.sample_axis(v, axis), extent = r.shape(v)[v.order[at]];
        const auto clamped = [&](double bound) {
            const std::int64_t at = whole(bound), size = static_cast<std::int64_t>(extent);
            return static_cast<std::size_t>(std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size));
        };
        if (step != 1.0) throw problem("has a step other than 1; strata has no layer that leaves values out");
        v = part_of(r, v, at, clamped(starts.values[i]), clamped(ends.values[i]));
    }
    r.give(v);
}

void read_split(reader& r) {
    const value in = r.any_input(0);
    if (in.merged != 0) throw problem("its input has the batch merged with steps");
    r.ignore_attributes({"num_outputs"});
    const std::size_t at = r.sample_axis(in, r.integer("axis", 0)), extent = r.shape(in)[in.order[at]];
    const auto count = static_cast<std::size_t>(r.op().output_size());
    std::vector<std::size_t> sizes(count, (extent + count - 1) / count);
    if (r.has_input(1)) {
        const constant& stated = r.require_constant(1, "split");
        sizes.clear();
        for (const double each : stated.values)
            sizes.push_back(each >= 0.0 && each <= static_cast<double>(extent) ? static_cast<std::size_t>(each) : 0);
    }
    if (sizes.size() != count) throw problem("has another number of parts than of outputs");
    std::size_t begin = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t end = std::min(begin + sizes[i], extent);
        if (r.is_read(static_cast<int>(i))) r.give(part_of(r, in, at, begin, end), static_cast<int>(i));
        begin = end;
    }
    if (begin != extent) throw problem("has parts that do not fill its axis");
}

namespace {

/// Rows of a table by indices that are values: an Embedding.
void read_embedding(reader& r, const constant& table) {
    const value in = r.in_file_order(r.any_input(1));
    if (table.shape.size() != 2 || r.integer("axis", 0) != 0)
        throw problem("takes rows of a table that has not two axes");
    std::vector<array> weights;
    weights.push_back(r.as_array(table, table.shape));
    value out = in;
    out.number = r.add(embedding{static_cast<int>(table.shape[0]), static_cast<int>(table.shape[1])}, {in.number},
                       std::move(weights));
    out.order.push_back(in.order.size());
    out.is_integer = false;
    r.give(out);
}

}  // namespace

void read_gather(reader& r) {
    if (const constant* table = r.constant_input(0)) return read_embedding(r, *table);
    const value in = r.any_input(0);
    if (in.merged != 0) throw problem("its input has the batch merged with steps");
    const constant& indices = r.require_constant(1, "index");
    const std::size_t at = r.sample_axis(in, r.integer("axis", 0)), extent = r.shape(in)[in.order[at]];
    std::vector<std::size_t> places;
    for (const double index : indices.values) {
        const double place = index < 0 ? index + static_cast<double>(extent) : index;
        if (!(place >= 0.0 && place < static_cast<double>(extent))) throw problem("has an index outside of its axis");
        places.push_back(static_cast<std::size_t>(place));
    }
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] != places[0] + i || indices.shape.size() > 1)
            throw problem("takes values in another order; strata has Cropping and Permute");
    if (places.empty()) throw problem("takes no values");
    value out = part_of(r, in, at, places[0], places[0] + places.size());
    if (indices.shape.empty()) {
        const bool is_before = at < in.batch;
        out = without_axis(r, out, at);
        if (is_before) --out.batch;
    }
    r.give(out);
}

/// Indices (..., 1) compared with 0, 1, 2, ...: their classes, as OneHot gives them.
void read_equal(reader& r) {
    const bool is_first = r.is_value(1);
    value v = r.any_input(is_first ? 1 : 0);
    const constant& classes = r.require_constant(is_first ? 0 : 1, "classes");
    bool counts = v.is_integer && !classes.values.empty() && v.merged == 0 && v.batch == 0 && !classes.shape.empty() &&
                  classes.shape.back() == classes.values.size() && classes.shape.size() <= v.order.size() + 1;
    for (std::size_t i = 0; counts && i < classes.values.size(); ++i)
        counts = classes.values[i] == static_cast<double>(i);
    if (!counts || v.order.size() < 2 || r.file_shape(v).back() != 1)
        throw problem("compares values; strata-convert reads it where it makes classes of indices alone");
    v = without_axis(r, v, v.order.size() - 1);
    v.one_hot = classes.values.size();
    v.is_integer = false;
    r.give(v);
}

void read_one_hot(reader& r) {
    value v = r.any_input(0);
    const constant &depth = r.require_constant(1, "depth"), &values = r.require_constant(2, "values");
    const std::int64_t axis = r.integer("axis", -1);
    if (depth.values.size() != 1 || values.values != std::vector<double>{0.0, 1.0} ||
        (axis != -1 && axis != static_cast<std::int64_t>(v.order.size()) + 1) ||
        !(depth.values[0] >= 1.0 && depth.values[0] < 1e9))
        throw problem("has values other than 0 and 1, or another axis than the last; strata has Embedding");
    v.one_hot = static_cast<std::size_t>(depth.values[0]);
    v.is_integer = false;
    r.give(v);
}

void read_reduction(reader& r) {
    const value in = r.any_input(0);
    const std::string& type = r.op().op_type();
    if (in.merged != 0) throw problem("its input has the batch merged with steps");
    std::vector<std::int64_t> stated;
    if (r.has_input(1)) stated = whole_values(r.require_constant(1, "axes"));
    else if (const auto* axes = r.attribute("axes")) stated.assign(axes->ints().begin(), axes->ints().end());
    const bool keeps = r.integer("keepdims", 1) != 0, is_identity = r.integer("noop_with_empty_axes", 0) != 0;
    if (stated.empty() && is_identity) return r.give(in);
    if (stated.empty()) throw problem("works on the batch; strata's nets work on one sample");
    std::vector<bool> is_reduced(in.order.size(), false);  // axes of the file's sample
    for (const std::int64_t axis : stated) is_reduced[r.sample_axis(in, axis)] = true;
    // (reduced axes merged, the others merged), over which a global pooling of sequences reduces.
    std::vector<std::size_t> order(in.order.size());
    std::size_t next = 0, count = 1, rest = 1;
    for (const bool reduced : {true, false})
        for (std::size_t i = 0; i < order.size(); ++i)
            if (is_reduced[i] == reduced) {
                order[i] = next++;
                (reduced ? count : rest) *= r.shape(in)[in.order[i]];
            }
    const value moved = r.with_order(in, order);
    std::size_t number = r.add(reshape{{count, rest}}, {moved.number});
    number = r.add(global_pooling{type == "ReduceMax", 1}, {number});
    if (type == "ReduceSum") number = r.add(rescaling{static_cast<double>(count), 0.0}, {number});
    value out{.batch = in.batch};
    extents target;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (is_reduced[i] && !keeps) {
            if (i < in.batch) --out.batch;
            continue;
        }
        target.push_back(is_reduced[i] ? 1 : r.shape(in)[in.order[i]]);
    }
    if (target.empty()) target = {1};
    out.number = r.add(reshape{target}, {number});
    out.order = identity_order(target.size());
    r.give(out);
}

}  // namespace convert::onnx_import
