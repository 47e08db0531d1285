// Shapes of a graph.
#include "graph.hpp"

#include <algorithm>

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

template <class... Cases>
struct cases : Cases... {
    using Cases::operator()...;
};

/// Why a layer has no output for each step of a sequence of any length; empty where it has.
std::string reason_against_streams(const operation& op) {
    const auto recurrence = [](const recurrent& r) -> std::string {
        if (r.goes_backwards) return "begins at the last step";
        return r.returns_sequences ? "" : "gives its last output alone; train it with return_sequences=True";
    };
    return std::visit(cases{
                          [](const convolution& c) -> std::string {
                              if (c.axes != 1 || c.kind != convolution::form::plain) return "needs a whole sequence";
                              const bool is_causal = c.padding == padding_mode::causal || c.kernel[1] == 1;
                              return is_causal ? "" : "needs later steps; train it with padding=\"causal\"";
                          },
                          recurrence,
                          [](const sample_normalization& s) -> std::string {
                              return s.kind == sample_normalization::form::group ? "has the mean of all steps" : "";
                          },
                          [](const prelu& p) -> std::string {
                              const bool shares_steps =
                                  std::find(p.shared_axes.begin(), p.shared_axes.end(), 1) != p.shared_axes.end();
                              return shares_steps ? "" : "has slopes for each step";
                          },
                          [](const std::shared_ptr<time_distributed>&) -> std::string { return ""; },
                          [](const wavenet&) -> std::string { return ""; },
                          [](const dense&) -> std::string { return ""; },
                          [](const batch_normalization&) -> std::string { return ""; },
                          [](const unit_normalization&) -> std::string { return ""; },
                          [](const normalization&) -> std::string { return ""; },
                          [](const rescaling&) -> std::string { return ""; },
                          [](const dropout&) -> std::string { return ""; },
                          [](const activation&) -> std::string { return ""; },
                          [](const function_object&) -> std::string { return ""; },
                          [](const merge&) -> std::string { return ""; },
                          [](const nested&) -> std::string { return ""; },
                          [](const identity&) -> std::string { return ""; },
                          [](const auto&) -> std::string { return "needs a whole sequence"; },
                      },
                      op);
}

/// Refuses a layer whose outputs are not those of each step and the steps before it.
void require_streams(const graph& g) {
    for (const node& each : g.nodes) {
        if (const auto* inner = std::get_if<nested>(&each.op)) require_streams(*inner->model);
        if (const std::string reason = reason_against_streams(each.op); !reason.empty())
            throw problem::in_layer(each.name, each.type,
                                    reason + "; a net with --steps any has an output for each step: give --steps N");
    }
}

}  // namespace

void set_input(graph& g, extents stated, const reading_options& options) {
    if (options.has_any_length && stated.size() != 2)
        throw problem("its input has the shape " + shape_text(stated) +
                      "; --steps any is for sequences, (steps, features)");
    if (options.has_any_length) stated[0] = 1;
    g.input = std::move(stated);
    g.has_open_length = options.has_any_length;
}

void infer_shapes(graph& g) {
    if (g.has_open_length) require_streams(g);
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
