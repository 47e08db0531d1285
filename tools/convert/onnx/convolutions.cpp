// Conv and ConvTranspose.
#include <algorithm>

#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

namespace {

/// strata's convolutions have strides or dilation: the kernel (window..., in, out) gets zeros between its taps instead
/// of a dilation.
void with_zeros_between(reader& r, convolution& c, constant& kernel) {
    const std::size_t axes = c.axes, inner = kernel.shape[axes] * kernel.shape[axes + 1];
    const auto apart = [&](std::size_t axis) { return static_cast<std::size_t>(c.dilation[axis + 2 - axes]); };
    constant wide{.shape = kernel.shape};
    for (std::size_t axis = 0; axis < axes; ++axis) wide.shape[axis] = (kernel.shape[axis] - 1) * apart(axis) + 1;
    wide.values.assign(r.budget().claim(wide.shape), 0.0);
    const std::size_t columns = axes == 1 ? kernel.shape[0] : kernel.shape[1], taps = kernel.values.size() / inner;
    for (std::size_t tap = 0; tap < taps; ++tap) {
        const std::size_t column = tap % columns * apart(axes - 1), row = axes == 1 ? 0 : tap / columns * apart(0);
        const std::size_t to = row * (axes == 1 ? 0 : wide.shape[1]) + column;
        std::copy_n(kernel.values.begin() + static_cast<std::ptrdiff_t>(tap * inner), inner,
                    wide.values.begin() + static_cast<std::ptrdiff_t>(to * inner));
    }
    for (std::size_t axis = 0; axis < axes; ++axis) c.kernel[axis + 2 - axes] = static_cast<int>(wide.shape[axis]);
    c.dilation = {1, 1};
    kernel = std::move(wide);
}

/// A kernel (in, out of a group, window...) as (in, out, window...), with zeros from the other groups.
constant without_groups(reader& r, const constant& kernel, std::int64_t groups) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(groups, 0));
    if (count == 0 || kernel.shape[0] % count != 0) throw problem("its kernel does not fit its groups");
    constant full{.shape = kernel.shape};
    full.shape[1] *= count;
    full.values.assign(r.budget().claim(full.shape), 0.0);
    const std::size_t ins = kernel.shape[0], size = kernel.values.size() / ins;
    for (std::size_t in = 0; in < ins; ++in)
        std::copy_n(kernel.values.begin() + static_cast<std::ptrdiff_t>(in * size), size,
                    full.values.begin() + static_cast<std::ptrdiff_t>((in * count + in / (ins / count)) * size));
    return full;
}

/// A kernel with `count` more taps of 0 at the end of an axis.
constant with_taps(reader& r, const constant& kernel, std::size_t axis, std::int64_t count) {
    constant longer{.shape = kernel.shape};
    longer.shape[axis] += static_cast<std::size_t>(count);
    r.budget().claim(longer.shape);
    std::size_t inner = 1;
    for (std::size_t i = axis + 1; i < kernel.shape.size(); ++i) inner *= kernel.shape[i];
    const std::size_t part = kernel.shape[axis] * inner;
    for (std::size_t begin = 0; begin < kernel.values.size(); begin += part) {
        const auto from = kernel.values.begin() + static_cast<std::ptrdiff_t>(begin);
        longer.values.insert(longer.values.end(), from, from + static_cast<std::ptrdiff_t>(part));
        longer.values.insert(longer.values.end(), static_cast<std::size_t>(count) * inner, 0.0);
    }
    return longer;
}

/// Conv1D written as Unsqueeze, Conv and Squeeze: an image of one row or one column, over which the window is one wide.
/// The axis of the file's sample that has extent 1, from 1; 0 where it is an image.
std::size_t flat_axis(reader& r, const value& in, const constant& kernel) {
    if (in.order.size() != 3 || kernel.shape.size() != 4) return 0;
    for (const std::size_t axis : {1u, 2u})
        if (r.shape(in)[axis - 1] == 1 && kernel.shape[axis + 1] == 1) return axis;
    return 0;
}

/// The image (1, steps, channels) or (steps, 1, channels) as a sequence, and its window.
value as_sequence(reader& r, const value& in, std::size_t flat, sliding& w) {
    const std::size_t other = flat == 1 ? 1 : 0;  // in strata's image
    value out = in;
    out.number = r.add(reshape{{r.shape(in)[other], r.shape(in)[2]}}, {in.number});
    out.order = channels_last(2);
    for (pair* each : {&w.kernel, &w.strides, &w.dilation}) *each = {1, (*each)[other]};
    w.pads = {w.pads[other], w.pads[2 + other]};
    set_padding(r, out, w);
    return out;
}

/// Zeros before a sequence, as many as a causal window reads, belong to the convolution: so it runs in a stream.
void take_causal_padding(reader& r, value& in, sliding& w) {
    if (in.order.size() != 2 || in.number == graph::source || w.padding != padding_mode::valid || w.is_explicit ||
        w.strides[1] != 1)
        return;
    const node& last = r.net().nodes[in.number];
    const auto* pads = std::get_if<borders>(&last.op);
    if (pads == nullptr || !pads->adds || pads->mode != border_mode::zeros || pads->edges[1] != 0 ||
        pads->edges[0] != std::int64_t{w.kernel[1] - 1} * w.dilation[1])
        return;
    in.number = last.inputs[0];
    w.padding = padding_mode::causal;
}

}  // namespace

void read_conv(reader& r) {
    value in = r.image(r.input(0));
    const std::size_t file_axes = in.order.size() - 1;
    const constant& kernel = r.require_kernel(1, "kernel");
    if (kernel.shape.size() != file_axes + 2) throw problem("its kernel has another number of axes than its input");
    std::vector<std::int64_t> window(kernel.shape.begin() + 2, kernel.shape.end());
    const auto stated = r.integers("kernel_shape", file_axes, 0);
    if (r.attribute("kernel_shape") != nullptr && stated != window)
        throw problem("its kernel_shape differs from its kernel");
    sliding w = read_window(r, in, window);
    const std::size_t channels = r.shape(in).back(), filters = kernel.shape[0];
    const std::int64_t groups = r.integer("group", 1);
    if (groups < 1 || groups > static_cast<std::int64_t>(channels) ||
        channels % static_cast<std::size_t>(groups) != 0 ||
        kernel.shape[1] * static_cast<std::size_t>(groups) != channels ||
        filters % static_cast<std::size_t>(groups) != 0)
        throw problem("its kernel does not fit " + std::to_string(channels) + " channels in " + std::to_string(groups) +
                      " groups");
    const value image = in;
    const std::size_t flat = flat_axis(r, in, kernel);
    const bool is_flat = flat != 0 && w.pads[flat - 1] == 0 && w.pads[flat + 1] == 0;
    if (is_flat) in = as_sequence(r, in, flat, w);
    const std::size_t axes = in.order.size() - 1;
    take_causal_padding(r, in, w);
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
    constant flattened = kernel;
    if (is_flat) flattened.shape.erase(flattened.shape.begin() + static_cast<std::ptrdiff_t>(flat) + 1);
    constant stored = permuted(flattened, order);
    if (groups > 1 && static_cast<std::size_t>(groups) == channels && c.padding != padding_mode::causal) {
        c.kind = convolution::form::depthwise;
        c.depth_multiplier = static_cast<int>(filters / channels);
        stored.shape[axes] =
            channels;  // (window..., 1, channels times multiplier) lies as (window..., channels, multiplier)
        stored.shape[axes + 1] = filters / channels;
    } else {
        c.groups = static_cast<int>(groups);
    }
    if (c.strides != pair{1, 1} && c.dilation != pair{1, 1}) with_zeros_between(r, c, stored);
    if (w.is_explicit) in = padded(r, in, w);
    std::vector<array> weights;
    weights.push_back(r.as_array(stored, stored.shape));
    if (c.has_bias) weights.push_back(r.vector_of(2, filters, "bias"));
    value out = r.like(in, r.add(c, {in.number}, std::move(weights)));
    if (is_flat) {
        extents target = r.shape(out);
        target.insert(target.begin() + static_cast<std::ptrdiff_t>(flat) - 1, 1);
        out = r.like(image, r.add(reshape{target}, {out.number}));
    }
    r.give(out);
}

/// strata's layer has no pads: they are cropped.
void read_transposed_conv(reader& r) {
    const value in = r.image(r.input(0));
    const std::size_t axes = in.order.size() - 1, channels = r.shape(in).back();
    constant kernel = r.require_kernel(1, "kernel");
    if (kernel.shape.size() != axes + 2 || kernel.shape[0] != channels)
        throw problem("its kernel does not fit its input");
    if (const std::int64_t groups = r.integer("group", 1); groups != 1) kernel = without_groups(r, kernel, groups);
    if (r.text("auto_pad", "NOTSET") != "NOTSET" || r.attribute("output_shape") != nullptr)
        throw problem("has auto_pad or output_shape; give its pads");
    static_cast<void>(r.attribute("kernel_shape"));
    const auto strides = r.integers("strides", axes, 1), dilation = r.integers("dilations", axes, 1);
    const auto pads = r.integers("pads", 2 * axes, 0), more = r.integers("output_padding", axes, 0);
    const extents spans(kernel.shape.begin() + 2, kernel.shape.end());
    convolution c{.kind = convolution::form::transposed, .axes = axes, .filters = static_cast<int>(kernel.shape[1])};
    c.has_bias = r.op().input_size() > 2 && !r.op().input(2).empty();
    std::vector<std::size_t> order(axes + 2);  // (in, out, window...) becomes (window..., out, in)
    order[axes] = 1;
    order[axes + 1] = 0;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        if (strides[axis] < 1 || dilation[axis] < 1) throw problem("has a stride or dilation of 0");
        const auto span = static_cast<std::int64_t>(kernel.shape[axis + 2] - 1) * dilation[axis] + 1;
        // Taps of 0 after the kernel make room for an output_padding beyond it.
        const std::int64_t beyond = span + more[axis] - pads[axes + axis] - std::max(span, strides[axis]);
        if (beyond > 0) kernel = with_taps(r, kernel, axis + 2, (beyond + dilation[axis] - 1) / dilation[axis]);
        order[axis] = axis + 2;
        c.kernel[axis + 2 - axes] = static_cast<int>(kernel.shape[axis + 2]);
        c.strides[axis + 2 - axes] = static_cast<int>(strides[axis]);
        c.dilation[axis + 2 - axes] = static_cast<int>(dilation[axis]);
    }
    constant stored = permuted(kernel, order);
    if (c.strides != pair{1, 1} && c.dilation != pair{1, 1}) with_zeros_between(r, c, stored);
    std::vector<array> weights;
    weights.push_back(r.as_array(stored, stored.shape));
    if (c.has_bias) weights.push_back(r.vector_of(2, kernel.shape[1], "bias"));
    const std::size_t made = r.add(c, {in.number}, std::move(weights));
    borders cut{.adds = false, .axes = axes};
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const auto span = (static_cast<std::int64_t>(spans[axis]) - 1) * dilation[axis] + 1;
        const auto wanted = (static_cast<std::int64_t>(r.shape(in)[axis]) - 1) * strides[axis] + span - pads[axis] -
                            pads[axes + axis] + more[axis];
        const auto end = static_cast<std::int64_t>(r.net().nodes[made].output[axis]) - pads[axis] - wanted;
        if (end < 0 || wanted < 1) throw problem("has pads that leave nothing");
        cut.edges[2 * axis] = static_cast<int>(pads[axis]);
        cut.edges[2 * axis + 1] = static_cast<int>(end);
    }
    r.give({cut.edges == std::array<int, 4>{} ? made : r.add(cut, {made}), in.order});
}

}  // namespace convert::onnx_import
