// Shapes of a graph.
#include "graph.hpp"

#include "problem.hpp"

namespace convert {

std::vector<extents> graph::input_shapes(const node& of) const {
    std::vector<extents> shapes;
    for (const std::size_t value : of.inputs) shapes.push_back(shape_of(value));
    return shapes;
}

namespace {

/// Fills in the extent of a reshape that its target leaves open.
void resolve(operation& op, const extents& in) {
    if (auto* wrapped = std::get_if<std::shared_ptr<time_distributed>>(&op)) {
        if (in.size() > 1) resolve((*wrapped)->layer, extents(in.begin() + 1, in.end()));
    } else if (auto* target = std::get_if<reshape>(&op)) {
        extents known;
        for (const std::size_t extent : target->target)
            if (extent != 0) known.push_back(extent);
        const std::size_t size = element_count(in), part = element_count(known);
        for (std::size_t& extent : target->target)
            if (extent == 0) extent = size / part;
    }
}

}  // namespace

void infer_shapes(graph& g) {
    element_count(g.input);
    for (node& each : g.nodes) {
        try {
            const extents& in = g.shape_of(each.inputs.front());
            if (each.last_axis != 0 && static_cast<std::size_t>(each.last_axis) != in.size())
                throw problem("its axis is " + std::to_string(each.last_axis) + ", its input has the shape " +
                              shape_text(in) + "; strata's layer works on the last axis alone; permute it to the end");
            for (const std::size_t other : each.inputs)
                if (each.takes_equal_ranks && g.shape_of(other).size() != in.size())
                    throw problem("its inputs have the shapes " + shape_text(in) + " and " +
                                  shape_text(g.shape_of(other)) +
                                  "; it broadcasts along the batch, which strata's nets do not have; use a layer");
            resolve(each.op, in);
            each.output = output_shape(each.op, g.input_shapes(each));
        } catch (const problem& found) {
            if (std::holds_alternative<nested>(each.op)) throw;  // names the layer inside
            throw problem::in_layer(each.name, each.type, found.what());
        }
    }
}

}  // namespace convert
