// MaxPool, AveragePool and the global ones.
#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

namespace {

/// The pads of a node as strata's layer has them. An output more, where the node rounds up, is a pad at the end.
std::array<int, 4> explicit_pads(reader& r, const value& in, const sliding& w, bool rounds_up) {
    const std::size_t axes = in.order.size() - 1;
    std::array<int, 4> pads{};
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t at = axis + 2 - axes;
        const auto extent = static_cast<std::int64_t>(r.shape(in)[axis]);
        const std::int64_t before = w.pads[axis], stride = w.strides[at], kernel = w.kernel[at];
        std::int64_t after = w.pads[axes + axis];
        const std::int64_t rest = extent + before + after - kernel;
        if (rest < 0) throw problem("its window does not fit into its input");
        // No window begins in the pad at the end.
        if (rounds_up && rest % stride != 0 && (rest / stride + 1) * stride < extent + before)
            after += stride - rest % stride;
        if (before >= kernel || after >= kernel)
            throw problem("has a pad that is not smaller than its window; strata's poolings have none");
        pads[2 * at] = static_cast<int>(before);
        pads[2 * at + 1] = static_cast<int>(after);
    }
    return pads;
}

}  // namespace

void read_pool(reader& r) {
    const bool is_max = r.op().op_type() == "MaxPool";
    value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1;
    const sliding w = read_window(r, in, r.integers("kernel_shape", axes, 0));
    const bool rounds_up = r.integer("ceil_mode", 0) != 0;
    r.ignore_attributes({"storage_order"});  // of the indices, a second output
    if (r.op().output_size() > 1 && !r.op().output(1).empty())
        throw problem("has a second output; strata's poolings have one");
    if (w.dilation != pair{1, 1}) throw problem("has dilations; strata's poolings have none");
    const bool counts_pads = !is_max && r.integer("count_include_pad", 0) != 0;
    pooling p{.is_max = is_max, .axes = axes, .window = w.kernel, .strides = w.strides, .padding = w.padding};
    const bool has_pads = w.is_explicit || w.padding != padding_mode::valid;
    if (rounds_up && counts_pads) throw problem("has ceil_mode=1 and counts its pads; strata's poolings do not");
    if (has_pads && counts_pads) {
        in = padded(r, in, w);
        p.padding = padding_mode::valid;
    } else if (rounds_up || w.is_explicit || w.padding == padding_mode::causal) {
        p.padding = padding_mode::valid;
        p.pads = explicit_pads(r, in, w, rounds_up);
    }
    r.give({r.add(p, {in.number}), in.order});
}

void read_global_pool(reader& r) {
    const value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1;
    const std::size_t pooled = r.add(global_pooling{r.op().op_type() == "GlobalMaxPool", axes}, {in.number});
    extents target(axes, 1);
    target.push_back(r.shape(in).back());
    r.give({r.add(reshape{target}, {pooled}), in.order});
}

}  // namespace convert::onnx_import
