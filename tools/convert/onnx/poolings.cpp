// MaxPool, AveragePool and the global ones.
#include <limits>

#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

namespace {

/// With ceil_mode, a last window that begins inside the input may reach beyond it: pads are added for it. Whether any
/// are.
bool add_partial_windows(const reader& r, const value& in, sliding& w) {
    const std::size_t axes = in.order.size() - 1;
    bool adds = false;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t at = axis + 2 - axes;
        const std::int64_t extent = static_cast<std::int64_t>(r.shape(in)[axis]), stride = w.strides[at];
        const std::int64_t span = std::int64_t{w.kernel[at] - 1} * w.dilation[at] + 1;
        const std::int64_t padded = extent + w.pads[axis] + w.pads[axes + axis];
        if (padded < span) continue;
        std::int64_t outputs = (padded - span + stride - 1) / stride + 1;
        if ((outputs - 1) * stride >= extent + w.pads[axis]) --outputs;
        const std::int64_t missing = (outputs - 1) * stride + span - padded;
        if (missing <= 0) continue;
        w.pads[axes + axis] += missing;
        adds = true;
    }
    if (adds) set_padding(r, in, w);
    return adds;
}

/// Whether strata's layer takes the pads: those of no padding mode that are smaller than the window.
bool has_layer_pads(const sliding& w, std::size_t axes) {
    bool fits = w.dilation == pair{1, 1} && (w.is_explicit || w.padding == padding_mode::causal);
    for (std::size_t i = 0; i < 2 * axes; ++i) fits = fits && w.pads[i] < w.kernel[i % axes + 2 - axes];
    return fits;
}

}  // namespace

void read_pool(reader& r) {
    const bool is_max = r.op().op_type() == "MaxPool";
    value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1;
    sliding w = read_window(r, in, r.integers("kernel_shape", axes, 0));
    const bool rounds_up = r.integer("ceil_mode", 0) != 0 && add_partial_windows(r, in, w);
    r.ignore_attributes({"storage_order"});  // of the indices, a second output
    if (r.op().output_size() > 1 && !r.op().output(1).empty())
        throw problem("has a second output; strata's poolings have one");
    const bool counts_pads = !is_max && r.integer("count_include_pad", 0) != 0;
    pooling p{.is_max = is_max,
              .axes = axes,
              .window = w.kernel,
              .strides = w.strides,
              .dilation = w.dilation,
              .padding = w.padding};
    const bool has_pads = w.is_explicit || w.padding != padding_mode::valid;
    if (has_pads && counts_pads && !rounds_up) {
        in = padded(r, in, w);
        p.padding = padding_mode::valid;
    } else if (!counts_pads && has_layer_pads(w, axes)) {
        p.padding = padding_mode::valid;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            p.pads[2 * (axis + 2 - axes)] = static_cast<int>(w.pads[axis]);
            p.pads[2 * (axis + 2 - axes) + 1] = static_cast<int>(w.pads[axes + axis]);
        }
    } else if (is_max &&
               (w.is_explicit || w.padding == padding_mode::causal || (has_pads && w.dilation != pair{1, 1}))) {
        in = padded(r, in, w, -std::numeric_limits<double>::infinity());
        p.padding = padding_mode::valid;
    } else if (w.is_explicit || w.padding == padding_mode::causal || (has_pads && w.dilation != pair{1, 1})) {
        throw problem(
            "averages the values inside pads that are not those of padding=same, or rounds up; strata's poolings have "
            "no others");
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
