// Reshapes that keep channels last.
#include "regroup.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace convert::onnx_import {

namespace {

/// Axes [from, from_end) of a shape become axes [to, to_end) of another.
struct group {
    std::size_t from, from_end, to, to_end;
};

/// The smallest groups: each splits one axis, merges some, or both. Extents of 1 belong to the group before them.
std::vector<group> groups_of(const extents& from, const extents& to) {
    std::vector<group> groups;
    std::size_t i = 0, j = 0;
    while (i < from.size() && j < to.size()) {
        group g{i, i, j, j};
        std::size_t a = from[i++], b = to[j++];
        while (a != b)
            if (a < b) a *= from[i++];
            else b *= to[j++];
        const auto is_one = [](const extents& shape, std::size_t at) { return at < shape.size() && shape[at] == 1; };
        while (is_one(from, i) && !is_one(to, j)) ++i;
        while (is_one(to, j) && !is_one(from, i)) ++j;
        g.from_end = i;
        g.to_end = j;
        groups.push_back(g);
    }
    if (!groups.empty()) {
        groups.back().from_end = from.size();
        groups.back().to_end = to.size();
    }
    return groups;
}

/// Whether the axes of a group, those of extent 1 left out, follow each other in the strata value.
bool is_together(const group& g, const extents& shape, const value& in) {
    std::size_t last = 0;
    bool has_last = false;
    for (std::size_t i = g.from; i < g.from_end; ++i) {
        const std::size_t at = in.order[i];
        if (shape[i] == 1) continue;
        if (has_last && at < last) return false;
        for (std::size_t between = last + 1; has_last && between < at; ++between) {
            const auto axis = std::find(in.order.begin(), in.order.end(), between) - in.order.begin();
            if (shape[static_cast<std::size_t>(axis)] != 1) return false;
        }
        last = at;
        has_last = true;
    }
    return true;
}

/// The place of a group in the strata value: that of its first axis of more than 1.
std::size_t place_of(const group& g, const extents& shape, const value& in) {
    for (std::size_t i = g.from; i < g.from_end; ++i)
        if (shape[i] != 1) return in.order[i];
    return in.order[g.from];
}

}  // namespace

value reshaped(reader& r, value in, const extents& target) {
    extents shape;
    for (const std::size_t axis : in.order) shape.push_back(r.shape(in)[axis]);
    if (shape == target) return in;
    const std::vector<group> groups = groups_of(shape, target);
    std::vector<std::size_t> sorted(groups.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(place_of(groups[a], shape, in), a) < std::pair(place_of(groups[b], shape, in), b);
    });
    if (!std::all_of(groups.begin(), groups.end(), [&](const group& g) { return is_together(g, shape, in); })) {
        std::vector<std::size_t> wanted(shape.size());
        std::size_t place = 0;
        for (const std::size_t each : sorted)
            for (std::size_t i = groups[each].from; i < groups[each].from_end; ++i) wanted[i] = place++;
        in = r.with_order(in, wanted);
    }
    value out = in;
    out.order.assign(target.size(), 0);
    extents made;
    for (const std::size_t each : sorted)
        for (std::size_t j = groups[each].to; j < groups[each].to_end; ++j) {
            out.order[j] = made.size();
            made.push_back(target[j]);
        }
    if (made != r.shape(in)) out.number = r.add(reshape{made}, {in.number});
    return out;
}

}  // namespace convert::onnx_import
