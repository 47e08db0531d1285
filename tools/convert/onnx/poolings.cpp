// MaxPool, AveragePool and the global ones.
#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

void read_pool(reader& r) {
    const bool is_max = r.op().op_type() == "MaxPool";
    value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1;
    const sliding w = read_window(r, in, r.integers("kernel_shape", axes, 0));
    if (r.integer("ceil_mode", 0) != 0) throw problem("has ceil_mode=1; strata's poolings round down");
    r.ignore_attributes({"storage_order"});  // of the indices, a second output
    if (r.op().output_size() > 1 && !r.op().output(1).empty())
        throw problem("has a second output; strata's poolings have one");
    if (w.dilation != pair{1, 1}) throw problem("has dilations; strata's poolings have none");
    const bool counts_pads = !is_max && r.integer("count_include_pad", 0) != 0;
    pooling p{.is_max = is_max, .axes = axes, .window = w.kernel, .strides = w.strides, .padding = w.padding};
    const bool has_pads = w.is_explicit || w.padding != padding_mode::valid;
    if (has_pads && counts_pads) {
        in = padded(r, in, w);
        p.padding = padding_mode::valid;
    } else if (w.is_explicit || w.padding == padding_mode::causal) {
        throw problem("has pads that are not those of padding=same; strata's poolings have no others");
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
