// Pad.
#include <numeric>
#include <string>

#include "operators.hpp"
#include "slices.hpp"

namespace convert::onnx_import {

void read_pad(reader& r) {
    value v = r.input(0);
    const constant& stated = r.require_constant(1, "pads");
    const std::string mode = r.text("mode", "constant");
    borders edges{.adds = true};
    if (mode == "constant") {
        if (r.has_input(2)) {
            const constant& filled = r.require_constant(2, "value");
            if (filled.values.size() != 1) throw problem("has a value that is not one number");
            edges.fill = filled.values[0];
        }
        edges.mode = edges.fill == 0.0 ? border_mode::zeros : border_mode::constant;
    } else if (mode == "reflect" || mode == "edge") {
        edges.mode = mode == "edge" ? border_mode::replicated : border_mode::reflected;
    } else {
        throw problem("has mode=" + printable(mode) + "; strata pads with numbers, by reflection and by replication");
    }
    const std::size_t rank = v.order.size() + 1;
    std::vector<std::int64_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
    if (r.has_input(3)) axes = whole_values(r.require_constant(3, "axes"));
    distinct_axes(axes, rank);
    if (stated.values.size() != 2 * axes.size()) throw problem("has another number of pads than its input has axes");
    borders image{edges};
    std::size_t padded = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const double before = stated.values[i], after = stated.values[axes.size() + i];
        if (before == 0.0 && after == 0.0) continue;
        constexpr double most = 1 << 24;
        const std::size_t at = r.sample_axis(v, axes[i]);
        if (!(before >= -most && before <= most && after >= -most && after <= most))
            throw problem("has pads that are out of range");
        const auto cut = [](double edge) { return edge < 0.0 ? static_cast<std::int64_t>(-edge) : 0; };
        const auto more = [](double edge) { return edge > 0.0 ? static_cast<std::int64_t>(edge) : 0; };
        v = bordered(r, v, at, {.adds = false}, cut(before), cut(after));
        // Height and width of an image in one layer.
        if (r.shape(v).size() == 3 && v.order[at] < 2) {
            image.edges[2 * v.order[at]] = static_cast<int>(more(before));
            image.edges[2 * v.order[at] + 1] = static_cast<int>(more(after));
            padded += more(before) + more(after) > 0 ? 1 : 0;
        } else {
            v = bordered(r, v, at, edges, more(before), more(after));
        }
    }
    if (padded > 0) v.number = r.add(image, {v.number});
    r.give(v);
}

}  // namespace convert::onnx_import
