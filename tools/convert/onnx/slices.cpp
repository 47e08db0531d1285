// Slice and Split: parts of one axis after another.
#include <algorithm>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

/// The values [begin, end) of an axis of the file's samples. A part of an axis is a cropping of the image (axes before,
/// axis, axes after).
value part_of(reader& r, const value& in, std::size_t file_axis, std::size_t begin, std::size_t end) {
    const extents before = r.shape(in);
    const std::size_t axis = in.order[file_axis];
    if (begin == 0 && end == before[axis]) return in;
    const auto product = [&](std::size_t first, std::size_t last) {
        extents part(before.begin() + static_cast<std::ptrdiff_t>(first),
                     before.begin() + static_cast<std::ptrdiff_t>(last));
        return element_count(part);
    };
    borders cut{.adds = false, .axes = 2};
    cut.edges[2] = static_cast<int>(begin);
    cut.edges[3] = static_cast<int>(before[axis] - end);
    extents image{product(0, axis), before[axis], product(axis + 1, before.size())}, after = before;
    after[axis] = end - begin;
    if (before.size() == 3 && axis == 1) return r.like(in, r.add(cut, {in.number}));
    const std::size_t cropped = r.add(cut, {r.add(reshape{image}, {in.number})});
    return r.like(in, r.add(reshape{after}, {cropped}));
}

}  // namespace

void read_slice(reader& r) {
    value in = r.any_input(0);
    const constant &starts = r.require_constant(1, "starts"), &ends = r.require_constant(2, "ends");
    const constant* axes = r.has_input(3) ? &r.require_constant(3, "axes") : nullptr;
    const constant* steps = r.has_input(4) ? &r.require_constant(4, "steps") : nullptr;
    const std::size_t count = starts.values.size();
    if (ends.values.size() != count || (axes != nullptr && axes->values.size() != count) ||
        (steps != nullptr && steps->values.size() != count))
        throw problem("its starts, ends, axes and steps differ in number");
    for (std::size_t i = 0; i < count; ++i) {
        const double stated = axes != nullptr ? axes->values[i] : static_cast<double>(i);
        const double rank = static_cast<double>(in.order.size()) + 1;
        if (in.merged != 0 || !(stated >= -rank && stated < rank)) throw problem("has an axis that its input lacks");
        const bool is_batch = (stated < 0 ? stated + rank : stated) == static_cast<double>(in.batch);
        // Of a batch of any size: all of it.
        if (is_batch && starts.values[i] == 0 && ends.values[i] >= 2147483647.0) continue;
        const std::size_t axis = r.sample_axis(in, static_cast<std::int64_t>(stated));
        if (steps != nullptr && steps->values[i] != 1) throw problem("has steps; strata takes whole parts of an axis");
        const double extent = static_cast<double>(r.shape(in)[in.order[axis]]);
        const auto place = [&](double at) { return std::clamp(at < 0 ? at + extent : at, 0.0, extent); };
        const double begin = place(starts.values[i]), end = place(ends.values[i]);
        if (!(begin < end)) throw problem("takes nothing of axis " + std::to_string(axis + 1));
        in = part_of(r, in, axis, static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
    }
    r.give(in);
}

void read_split(reader& r) {
    const value in = r.input(0);
    const std::size_t axis = r.sample_axis(in, r.integer("axis", 0));
    const std::size_t extent = r.shape(in)[in.order[axis]], outputs = static_cast<std::size_t>(r.op().output_size());
    std::vector<double> parts;
    if (r.has_input(1)) {
        parts = r.require_constant(1, "split").values;
    } else {
        const std::int64_t stated = r.integer("num_outputs", static_cast<std::int64_t>(outputs));
        if (stated != static_cast<std::int64_t>(outputs)) throw problem("has another number of outputs than it says");
        const std::size_t each = (extent + outputs - 1) / outputs;
        for (std::size_t i = 0, rest = extent; i < outputs; ++i, rest -= std::min(rest, each))
            parts.push_back(static_cast<double>(std::min(rest, each)));
    }
    double total = 0;
    for (const double part : parts) total += part >= 1 ? part : static_cast<double>(extent) + 1;
    if (parts.size() != outputs || total != static_cast<double>(extent))
        throw problem("its parts do not make up the axis");
    std::size_t begin = 0;
    for (std::size_t i = 0; i < outputs; ++i) {
        const std::size_t end = begin + static_cast<std::size_t>(parts[i]);
        if (!r.op().output(static_cast<int>(i)).empty()) r.give(part_of(r, in, axis, begin, end), static_cast<int>(i));
        begin = end;
    }
}

}  // namespace convert::onnx_import
