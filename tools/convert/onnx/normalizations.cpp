// Normalizations, and PRelu, whose slopes are weights of channels.
#include <algorithm>
#include <string>

#include "operators.hpp"

namespace convert::onnx_import {

namespace {

double positive_epsilon(reader& r, double usual) {
    const double epsilon = r.real("epsilon", usual);
    if (!(epsilon > 0)) throw problem("has an epsilon that is not positive");
    return epsilon;
}

}  // namespace

void read_batch_normalization(reader& r) {
    value in = r.input(0);
    in = in.order.size() == 1 ? in : r.image(in);
    r.ignore_attributes({"momentum", "spatial"});
    if (r.integer("training_mode", 0) != 0) throw problem("has training_mode=1; export the model for inference");
    const std::size_t channels = r.shape(in).back();
    const double epsilon = positive_epsilon(r, 1e-5f);
    std::vector<array> weights;
    for (const int i : {1, 2, 3, 4}) weights.push_back(r.vector_of(i, channels, "parameter"));
    r.give(r.like(in, r.add(batch_normalization{epsilon, true, true}, {in.number}, std::move(weights))));
}

/// LayerNormalization and RMSNormalization over the last axis.
void read_layer_normalization(reader& r) {
    using form = sample_normalization::form;
    const value in = r.in_file_order(r.any_input(0));
    r.ignore_attributes({"stash_type"});
    const std::int64_t axis = r.integer("axis", -1);
    if (axis != -1 && axis != static_cast<std::int64_t>(in.order.size() - in.merged))
        throw problem("normalizes several axes; strata normalizes the last one");
    const bool is_layer = r.op().op_type() == "LayerNormalization";
    sample_normalization made{.kind = is_layer ? form::layer : form::rms, .epsilon = positive_epsilon(r, 1e-5f)};
    const std::size_t channels = r.shape(in).back();
    std::vector<array> weights;
    weights.push_back(r.vector_of(1, channels, "scale"));
    made.has_beta = is_layer && r.has_input(2);
    if (made.has_beta) weights.push_back(r.vector_of(2, channels, "bias"));
    for (int i = 1; i < r.op().output_size(); ++i)
        if (r.is_read(i)) throw problem("gives its mean to other layers");
    r.give(r.like(in, r.add(made, {in.number}, std::move(weights))));
}

/// GroupNormalization, and InstanceNormalization, whose groups are the channels.
void read_group_normalization(reader& r) {
    const value in = r.image(r.input(0));
    r.ignore_attributes({"stash_type"});
    const std::size_t channels = r.shape(in).back();
    sample_normalization made{.kind = sample_normalization::form::group, .epsilon = positive_epsilon(r, 1e-5f)};
    made.groups = r.op().op_type() == "InstanceNormalization"
                      ? static_cast<int>(channels)
                      : static_cast<int>(std::clamp<std::int64_t>(r.integer("num_groups", 0), 0, 1 << 24));
    std::vector<array> weights;
    weights.push_back(r.vector_of(1, channels, "scale"));
    weights.push_back(r.vector_of(2, channels, "bias"));
    r.give(r.like(in, r.add(made, {in.number}, std::move(weights))));
}

/// Each slope is broadcast to the values of the input, as Numpy does.
void read_prelu(reader& r) {
    const value in = r.input(0);
    const constant& slopes = r.require_constant(1, "slope");
    const std::size_t rank = in.order.size();
    // Axes of 1 before the batch do nothing.
    std::vector<std::size_t> shape = slopes.shape;
    while (shape.size() > rank && shape.front() == 1) shape.erase(shape.begin());
    if (shape.size() > rank) throw problem("has slopes that differ in the batch");
    constant aligned{.shape = std::vector<std::size_t>(rank - shape.size(), 1), .values = slopes.values};
    aligned.shape.insert(aligned.shape.end(), shape.begin(), shape.end());
    prelu p;
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t axis = in.order[i];
        order[axis] = i;
        if (aligned.shape[i] == 1) p.shared_axes.push_back(static_cast<int>(axis) + 1);
        else if (aligned.shape[i] != r.shape(in)[axis]) throw problem("has slopes that do not fit its input");
    }
    std::sort(p.shared_axes.begin(), p.shared_axes.end());
    const constant alpha = permuted(aligned, order);
    std::vector<array> weights;
    weights.push_back(r.as_array(alpha, alpha.shape));
    r.give(r.like(in, r.add(p, {in.number}, std::move(weights))));
}

}  // namespace convert::onnx_import
