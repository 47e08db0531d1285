// Windows of convolutions and poolings.
#include "window.hpp"

#include <algorithm>

namespace convert::onnx_import {

namespace {

/// The pads of padding=same along an axis, before and after together.
std::int64_t missing_for_same(const reader& r, const value& in, const sliding& w, std::size_t axis) {
    const std::size_t at = axis + 3 - in.order.size();
    const std::int64_t extent = static_cast<std::int64_t>(r.shape(in)[axis]), stride = w.strides[at];
    const std::int64_t span = std::int64_t{w.kernel[at] - 1} * w.dilation[at] + 1,
                       outputs = (extent + stride - 1) / stride;
    return std::max<std::int64_t>(0, (outputs - 1) * stride + span - extent);
}

}  // namespace

sliding read_window(reader& r, const value& in, const std::vector<std::int64_t>& kernel) {
    const std::size_t axes = in.order.size() - 1;
    if (kernel.size() != axes) throw problem("its kernel has another number of axes than its input");
    sliding w;
    const auto strides = r.integers("strides", axes, 1), dilation = r.integers("dilations", axes, 1);
    w.pads = r.integers("pads", 2 * axes, 0);
    const std::string mode = r.text("auto_pad", "NOTSET");
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t at = axis + 2 - axes;
        if (kernel[axis] < 1 || kernel[axis] > 1 << 24 || strides[axis] < 1 || dilation[axis] < 1)
            throw problem("has a window, stride or dilation of 0");
        w.kernel[at] = static_cast<int>(kernel[axis]);
        w.strides[at] = static_cast<int>(strides[axis]);
        w.dilation[at] = static_cast<int>(dilation[axis]);
        if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
            const std::int64_t missing = missing_for_same(r, in, w, axis), less = missing / 2, more = missing - less;
            w.pads[axis] = mode == "SAME_UPPER" ? less : more;
            w.pads[axes + axis] = mode == "SAME_UPPER" ? more : less;
        } else if (mode != "NOTSET" && mode != "VALID") {
            throw problem("has auto_pad=" + printable(mode));
        }
        if (std::max(w.pads[axis], w.pads[axes + axis]) > 1 << 24) throw problem("has pads that are out of range");
    }
    set_padding(r, in, w);
    return w;
}

void set_padding(const reader& r, const value& in, sliding& w) {
    const std::size_t axes = in.order.size() - 1;
    bool is_same = true, is_causal = axes == 1, is_none = true;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t at = axis + 2 - axes;
        const std::int64_t missing = missing_for_same(r, in, w, axis);
        const std::int64_t before = w.pads[axis], after = w.pads[axes + axis];
        is_none = is_none && before == 0 && after == 0;
        is_same = is_same && before == missing / 2 && after == missing - missing / 2;
        is_causal =
            is_causal && before == std::int64_t{w.kernel[at] - 1} * w.dilation[at] && after == 0 && w.strides[at] == 1;
    }
    w.padding = is_none     ? padding_mode::valid
                : is_same   ? padding_mode::same
                : is_causal ? padding_mode::causal
                            : padding_mode::valid;
    w.is_explicit = !is_none && !is_same && !is_causal;
}

value padded(reader& r, const value& in, const sliding& w, double fill) {
    const std::size_t axes = in.order.size() - 1;
    borders b{
        .adds = true, .axes = axes, .mode = fill == 0.0 ? border_mode::zeros : border_mode::constant, .fill = fill};
    for (std::size_t axis = 0; axis < axes; ++axis) {
        b.edges[2 * axis] = static_cast<int>(w.pads[axis]);
        b.edges[2 * axis + 1] = static_cast<int>(w.pads[axes + axis]);
    }
    return r.like(in, r.add(b, {in.number}));
}

}  // namespace convert::onnx_import
