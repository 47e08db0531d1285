// Tile, Expand and Resize: values that are repeated, or lie between others.
#include <cmath>
#include <string>

#include "operators.hpp"
#include "repeats.hpp"

namespace convert::onnx_import {

value repeated(reader& r, const value& in, std::size_t file_axis, double count) {
    constexpr double most = 1 << 24;
    if (!(count >= 1.0 && count <= most) || count != std::floor(count))
        throw problem("repeats an axis another number of times than 1 to 16777216");
    if (count == 1.0) return in;
    if (in.is_integer) throw problem("repeats integers; strata's nets take them as indices of an Embedding alone");
    const std::size_t axis = in.order[file_axis];
    const extents shape = r.shape(in);
    const auto at = static_cast<std::ptrdiff_t>(axis);
    const std::size_t outer = element_count({shape.begin(), shape.begin() + at}),
                      inner = element_count({shape.begin() + at, shape.end()});
    // Each row of (outer, inner) is repeated.
    value out = in;
    const auto times = static_cast<int>(count);
    if (outer == 1) out.number = r.add(repeat_vector{times}, {r.add(reshape{{inner}}, {in.number})});
    else out.number = r.add(up_sampling{1, {1, times}}, {r.add(reshape{{outer, inner}}, {in.number})});
    extents target = shape;
    target[axis] *= static_cast<std::size_t>(times);
    out.number = r.add(reshape{target}, {out.number});
    return out;
}

void read_tile(reader& r) {
    value v = r.any_input(0);
    if (v.merged != 0) throw problem("its input has the batch merged with steps");
    const constant* counts = r.constant_or_batch(1);
    if (counts == nullptr) throw problem("its repeats are computed by the graph; strata's are constants");
    if (counts->values.size() != v.order.size() + 1)
        throw problem("has another number of repeats than its input has axes");
    for (std::size_t i = 0; i < counts->values.size(); ++i) {
        const bool is_marked = !counts->has_batch.empty() && counts->has_batch[i];
        if (!is_marked && counts->values[i] == 1.0) continue;
        if (is_marked || i == v.batch) throw problem("repeats the batch; strata's nets work on one sample");
        v = repeated(r, v, i - (i > v.batch ? 1 : 0), counts->values[i]);
    }
    r.give(v);
}

void read_expand(reader& r) {
    value v = r.any_input(0);
    const constant* wanted = r.constant_or_batch(1);
    if (wanted == nullptr || v.merged != 0)
        throw problem("its shape is computed by the graph; strata's are constants");
    const extents sample = r.file_shape(v);
    const std::size_t rank = sample.size() + 1, count = wanted->values.size();
    if (count > rank) throw problem("adds axes before the batch; strata's nets work on one sample");
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = i + rank - count, axis = at - (at > v.batch ? 1 : 0);
        const bool is_batch = at == v.batch, is_marked = !wanted->has_batch.empty() && wanted->has_batch[i];
        const double extent = wanted->values[i];
        if (is_batch && (extent == 1.0 || extent == static_cast<double>(r.batch().value_or(1)))) continue;
        if (is_batch || is_marked) throw problem("repeats values of the batch; strata's nets work on one sample");
        if (extent == 1.0 || extent == static_cast<double>(sample[axis])) continue;
        if (sample[axis] != 1) throw problem("repeats an axis that is not 1");
        v = repeated(r, v, axis, extent);
    }
    r.give(v);
}

namespace {

/// How many times larger a Resize makes each axis of a sample.
std::vector<double> factors_of(reader& r, const value& in) {
    const extents sample = r.file_shape(in);
    const bool has_sizes = r.has_input(3);
    const constant* stated = r.constant_or_batch(has_sizes ? 3 : 2);
    if (stated == nullptr) throw problem("its size is computed by the graph; strata's are constants");
    if (const auto* axes = r.attribute("axes"); axes != nullptr)
        throw problem("has axes; strata-convert reads it where it states the size of all axes");
    if (stated->values.size() != sample.size() + 1) throw problem("has another number of sizes than its input has axes");
    std::vector<double> factors;
    for (std::size_t i = 0; i < stated->values.size(); ++i) {
        if (i == 0) {
            const bool is_kept = stated->values[0] == 1.0 || (has_sizes && stated->depends_on_batch()) ||
                                 (has_sizes && stated->values[0] == static_cast<double>(r.batch().value_or(1)));
            if (!is_kept) throw problem("resizes the batch; strata's nets work on one sample");
            continue;
        }
        const double factor = has_sizes ? stated->values[i] / static_cast<double>(sample[i - 1]) : stated->values[i];
        constexpr double most = 1 << 12;
        if (!(factor >= 1.0 && factor <= most) || factor != std::floor(factor))
            throw problem("makes an axis " + number_text(factor) + " times larger; strata's UpSampling takes whole ones");
        factors.push_back(factor);
    }
    return factors;
}

}  // namespace

void read_resize(reader& r) {
    const value in = r.input(0);
    const std::string mode = r.text("mode", "nearest"), rounding = r.text("nearest_mode", "round_prefer_floor"),
                      places = r.text("coordinate_transformation_mode", "half_pixel");
    // Antialiasing changes images that become smaller.
    r.ignore_attributes({"antialias", "cubic_coeff_a", "extrapolation_value", "keep_aspect_ratio_policy"});
    const bool has_half_pixels = places == "half_pixel" || places == "pytorch_half_pixel";
    const bool is_nearest = mode == "nearest" && ((places == "asymmetric" && rounding == "floor") ||
                                                  (has_half_pixels && rounding.starts_with("round_prefer_")));
    const bool is_linear = mode == "linear" && has_half_pixels && r.integer("exclude_outside", 0) == 0;
    r.ignore_attributes({"exclude_outside"});
    if (!is_nearest && !is_linear)
        throw problem("has mode=" + printable(mode) + ", coordinate_transformation_mode=" + printable(places) +
                      " and nearest_mode=" + printable(rounding) +
                      "; strata's UpSampling repeats values, or takes linear ones at half pixels");
    const std::vector<double> factors = factors_of(r, in);
    const std::size_t rank = factors.size();
    if (rank != 2 && rank != 3) throw problem("its input has " + std::to_string(rank) + " axes, expected 2 or 3");
    if (rank == 2 && is_linear) throw problem("is linear along one axis; strata has UpSampling2D alone of that kind");
    const bool has_channels_first = factors[0] == 1.0;
    if (!has_channels_first && factors.back() != 1.0) throw problem("makes more channels");
    value v = has_channels_first ? r.image(in) : r.in_file_order(in);
    const std::size_t first = has_channels_first ? 1 : 0;
    up_sampling layer{rank - 1, {1, 1}, is_linear};
    for (std::size_t i = 0; i + 1 < rank; ++i) layer.factor[i + (3 - rank)] = static_cast<int>(factors[first + i]);
    v.number = r.add(layer, {v.number});
    r.give(v);
}

}  // namespace convert::onnx_import
