// Constant, Identity and Dropout; Flatten, Reshape, Squeeze, Unsqueeze and Transpose.
#include <algorithm>
#include <set>

#include "operators.hpp"
#include "regroup.hpp"

namespace convert::onnx_import {

void read_constant(reader& r) {
    const auto* tensor = r.attribute("value");
    if (tensor == nullptr) throw problem("is a constant that is no tensor");
    r.give(parse(tensor->t()));
}

void read_identity(reader& r) {
    r.ignore_attributes({"seed", "ratio"});
    if (r.op().op_type() == "Dropout" && r.op().input_size() > 2 && r.constant_input(2) != nullptr &&
        r.constant_input(2)->values != std::vector<double>{0.0})
        throw problem("drops values at inference");
    if (const constant* copied = r.constant_input(0)) r.give(constant(*copied));
    else r.give(r.input(0));
}

void read_reshape(reader& r) {
    const std::string& type = r.op().op_type();
    const value in = r.input(0);
    extents before;
    for (const std::size_t axis : in.order) before.push_back(r.shape(in)[axis]);
    const std::size_t size = element_count(before);
    extents target;
    if (type == "Flatten") {
        if (r.integer("axis", 1) != 1) throw problem("has an axis other than 1");
        target = {size};
    } else if (type == "Reshape") {
        const constant& wanted = r.require_constant(1, "shape");
        if (r.integer("allowzero", 0) != 0) throw problem("has allowzero=1");
        // The first number is the batch. -1 there is right where the rest has as many elements as a sample.
        bool has_rest = false;
        std::size_t known = 1;
        for (std::size_t axis = 1; axis < wanted.values.size(); ++axis) {
            const double extent = wanted.values[axis];
            if (!(extent >= -1.0 && extent <= 2147483647.0) || (extent == 0.0 && axis > before.size()))
                throw problem("has a shape that is none");
            target.push_back(extent == -1.0 ? 0 : extent == 0.0 ? before[axis - 1] : static_cast<std::size_t>(extent));
            if (target.back() == 0) has_rest = true;
            else known = element_count({known, target.back()});
        }
        if (has_rest && known <= size && size % known == 0)
            for (std::size_t& extent : target) extent = extent == 0 ? size / known : extent;
        const bool keeps_batch =
            !wanted.values.empty() && (wanted.values[0] == -1.0 || wanted.values[0] == 0.0 || wanted.values[0] == 1.0);
        if (!keeps_batch || target.empty() || element_count(target) != size)
            throw problem("changes the batch; strata's nets work on one sample");
    } else {
        const constant& axes = r.require_constant(1, "axes");
        const bool adds = type == "Unsqueeze";
        const auto rank = static_cast<double>(before.size() + 1 + (adds ? axes.values.size() : 0));
        std::set<std::size_t> places;
        for (const double axis : axes.values) {
            const double at = axis < 0 ? axis + rank : axis;
            if (!(at >= 1 && at < rank)) throw problem("changes the batch; strata's nets work on one sample");
            places.insert(static_cast<std::size_t>(at) - 1);
        }
        std::size_t from = 0;
        for (std::size_t axis = 0; axis + 1 < static_cast<std::size_t>(rank); ++axis) {
            if (adds && places.contains(axis)) target.push_back(1);
            else if (adds) target.push_back(before[from++]);
            else if (!places.contains(axis)) target.push_back(before[axis]);
            else if (before[axis] != 1) throw problem("removes an axis that is not 1");
        }
    }
    r.give(reshaped(r, in, target));
}

void read_transpose(reader& r) {
    if (const constant* fixed = r.constant_input(0)) {
        const auto* perm = r.attribute("perm");
        std::vector<std::size_t> order = identity_order(fixed->shape.size());
        std::reverse(order.begin(), order.end());
        if (perm != nullptr) order.assign(perm->ints().begin(), perm->ints().end());
        std::vector<std::size_t> sorted = order;
        std::sort(sorted.begin(), sorted.end());
        if (sorted != identity_order(fixed->shape.size())) throw problem("has a perm that is none");
        r.give(permuted(*fixed, order));
        return;
    }
    const value in = r.input(0);
    const std::size_t rank = in.order.size();
    const auto* stated = r.attribute("perm");
    std::vector<std::size_t> order;
    std::set<std::int64_t> seen;
    for (std::size_t axis = 0; axis <= rank; ++axis) {
        const std::int64_t from = stated == nullptr || stated->ints_size() != static_cast<int>(rank + 1)
                                      ? -1
                                      : stated->ints(static_cast<int>(axis));
        if (from < 0 || from > static_cast<std::int64_t>(rank) || (axis == 0) != (from == 0) ||
            !seen.insert(from).second)
            throw problem("moves the batch, or has no perm of all axes");
        if (axis > 0) order.push_back(in.order[static_cast<std::size_t>(from) - 1]);
    }
    r.give({in.number, order});
}

}  // namespace convert::onnx_import
