// Pad.
#include "operators.hpp"
#include "window.hpp"

namespace convert::onnx_import {

void read_pad(reader& r) {
    value in = r.input(0);
    if (in.order.size() == 2 || in.order.size() == 3) in = r.image(in);
    const std::size_t axes = in.order.size() - 1;
    const constant& stated = r.require_constant(1, "pads");
    const constant* filled = r.constant_input(2);
    const bool is_zero = r.op().input_size() < 3 || r.op().input(2).empty() ||
                         (filled != nullptr && filled->values == std::vector<double>{0.0});
    if (r.text("mode", "constant") != "constant" || !is_zero || (axes != 1 && axes != 2) ||
        stated.values.size() != 2 * (axes + 2) || (r.op().input_size() > 3 && !r.op().input(3).empty()))
        throw problem(
            "pads with other values than zeros, or axes that are not steps, height and width; strata has "
            "ZeroPadding");
    sliding w;
    for (std::size_t i = 0; i < stated.values.size(); ++i) {
        const bool is_outer = i % (axes + 2) < 2;
        constexpr double most = 1 << 24;
        if ((is_outer && stated.values[i] != 0.0) || !(stated.values[i] >= 0.0 && stated.values[i] <= most))
            throw problem("pads the batch or channels, or crops; strata has ZeroPadding");
        if (!is_outer) w.pads.push_back(static_cast<std::int64_t>(stated.values[i]));
    }
    r.give(padded(r, in, w));
}

}  // namespace convert::onnx_import
