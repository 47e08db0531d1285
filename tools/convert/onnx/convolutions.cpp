// Conv and ConvTranspose.
#include <algorithm>

#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

void read_conv(reader& r) {
    value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1;
    const constant& kernel = r.require_constant(1, "kernel");
    if (kernel.shape.size() != axes + 2) throw problem("its kernel has another number of axes than its input");
    std::vector<std::int64_t> window(kernel.shape.begin() + 2, kernel.shape.end());
    const auto stated = r.integers("kernel_shape", axes, 0);
    if (r.attribute("kernel_shape") != nullptr && stated != window)
        throw problem("its kernel_shape differs from its kernel");
    const sliding w = read_window(r, in, window);
    const std::size_t channels = r.shape(in).back(), filters = kernel.shape[0];
    const std::int64_t groups = r.integer("group", 1);
    if (groups < 1 || groups > static_cast<std::int64_t>(channels) ||
        channels % static_cast<std::size_t>(groups) != 0 ||
        kernel.shape[1] * static_cast<std::size_t>(groups) != channels ||
        filters % static_cast<std::size_t>(groups) != 0)
        throw problem("its kernel does not fit " + std::to_string(channels) + " channels in " + std::to_string(groups) +
                      " groups");
    convolution c{.axes = axes, .filters = static_cast<int>(filters)};
    c.kernel = w.kernel;
    c.strides = w.strides;
    c.dilation = w.dilation;
    c.padding = w.padding;
    c.has_bias = r.op().input_size() > 2 && !r.op().input(2).empty();
    std::vector<std::size_t> order(axes + 2);  // (out, in, window...) becomes (window..., in, out)
    for (std::size_t axis = 0; axis < axes; ++axis) order[axis] = axis + 2;
    order[axes] = 1;
    order[axes + 1] = 0;
    constant stored = permuted(kernel, order);
    if (groups > 1 && static_cast<std::size_t>(groups) == channels && c.padding != padding_mode::causal) {
        c.kind = convolution::form::depthwise;
        c.depth_multiplier = static_cast<int>(filters / channels);
        stored.shape[axes] =
            channels;  // (window..., 1, channels times multiplier) lies as (window..., channels, multiplier)
        stored.shape[axes + 1] = filters / channels;
    } else {
        c.groups = static_cast<int>(groups);
    }
    if (w.is_explicit) in = padded(r, in, w);
    std::vector<array> weights;
    weights.push_back(r.as_array(stored, stored.shape));
    if (c.has_bias) weights.push_back(r.vector_of(2, filters, "bias"));
    r.give({r.add(c, {in.number}, std::move(weights)), in.order});
}

/// strata's layer has no pads: they are cropped.
void read_transposed_conv(reader& r) {
    const value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1, channels = r.shape(in).back();
    const constant& kernel = r.require_constant(1, "kernel");
    if (kernel.shape.size() != axes + 2 || kernel.shape[0] != channels)
        throw problem("its kernel does not fit its input");
    if (r.integer("group", 1) != 1) throw problem("has groups; strata's transposed convolutions have none");
    if (r.text("auto_pad", "NOTSET") != "NOTSET" || r.attribute("output_shape") != nullptr)
        throw problem("has auto_pad or output_shape; give its pads");
    static_cast<void>(r.attribute("kernel_shape"));
    const auto strides = r.integers("strides", axes, 1), dilation = r.integers("dilations", axes, 1);
    const auto pads = r.integers("pads", 2 * axes, 0), more = r.integers("output_padding", axes, 0);
    convolution c{.kind = convolution::form::transposed, .axes = axes, .filters = static_cast<int>(kernel.shape[1])};
    c.has_bias = r.op().input_size() > 2 && !r.op().input(2).empty();
    std::vector<std::size_t> order(axes + 2);  // (in, out, window...) becomes (window..., out, in)
    order[axes] = 1;
    order[axes + 1] = 0;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        if (strides[axis] < 1 || dilation[axis] < 1) throw problem("has a stride or dilation of 0");
        order[axis] = axis + 2;
        c.kernel[axis + 2 - axes] = static_cast<int>(kernel.shape[axis + 2]);
        c.strides[axis + 2 - axes] = static_cast<int>(strides[axis]);
        c.dilation[axis + 2 - axes] = static_cast<int>(dilation[axis]);
    }
    const constant stored = permuted(kernel, order);
    std::vector<array> weights;
    weights.push_back(r.as_array(stored, stored.shape));
    if (c.has_bias) weights.push_back(r.vector_of(2, kernel.shape[1], "bias"));
    const std::size_t made = r.add(c, {in.number}, std::move(weights));
    borders cut{.adds = false, .axes = axes};
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const auto span = (static_cast<std::int64_t>(kernel.shape[axis + 2]) - 1) * dilation[axis] + 1;
        const auto wanted = (static_cast<std::int64_t>(r.shape(in)[axis]) - 1) * strides[axis] + span - pads[axis] -
                            pads[axes + axis] + more[axis];
        const auto end = static_cast<std::int64_t>(r.net().nodes[made].output[axis]) - pads[axis] - wanted;
        if (end < 0 || wanted < 1) throw problem("has an output_padding that reaches beyond its kernel");
        cut.edges[2 * axis] = static_cast<int>(pads[axis]);
        cut.edges[2 * axis + 1] = static_cast<int>(end);
    }
    r.give({cut.edges == std::array<int, 4>{} ? made : r.add(cut, {made}), in.order});
}

}  // namespace convert::onnx_import
