// BatchNormalization, and PRelu, whose slopes are weights of channels.
#include "operators.hpp"

namespace convert::onnx_import {

void read_batch_normalization(reader& r) {
    value in = r.input(0);
    in = in.order.size() == 1 ? in : r.image(in);
    r.ignore_attributes({"momentum", "spatial"});
    if (r.integer("training_mode", 0) != 0) throw problem("has training_mode=1; export the model for inference");
    const std::size_t channels = r.shape(in).back();
    const double epsilon = r.real("epsilon", 1e-5f);
    if (!(epsilon > 0)) throw problem("has an epsilon that is not positive");
    std::vector<array> weights;
    for (const int i : {1, 2, 3, 4}) weights.push_back(r.vector_of(i, channels, "parameter"));
    r.give({r.add(batch_normalization{epsilon, true, true}, {in.number}, std::move(weights)), in.order});
}

/// One slope for all values, or one for each channel.
void read_prelu(reader& r) {
    const value in = r.input(0);
    const constant& slopes = r.require_constant(1, "slope");
    const std::size_t channel = in.order[0];
    const bool is_one = slopes.values.size() == 1;
    // (channels, 1, 1): without the axes after the channels it broadcasts along the last axis.
    const bool is_each = slopes.shape.size() == in.order.size() && slopes.shape[0] == slopes.values.size() &&
                         slopes.values.size() == r.shape(in)[channel];
    if (!is_one && !is_each) throw problem("has slopes that are neither one nor one for each channel");
    prelu p;
    extents alpha(r.shape(in).size(), 1);
    for (std::size_t axis = 0; axis < r.shape(in).size(); ++axis)
        if (is_one || axis != channel) p.shared_axes.push_back(static_cast<int>(axis) + 1);
        else alpha[axis] = slopes.values.size();
    std::vector<array> weights;
    weights.push_back(r.as_array(slopes, alpha));
    r.give({r.add(p, {in.number}, std::move(weights)), in.order});
}

}  // namespace convert::onnx_import
