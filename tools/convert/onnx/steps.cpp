// The batch of a file as the steps of a sequence: nets whose first part works on windows of a signal, and whose
// recurrent layer takes the windows as its steps.
#include "../problem.hpp"
#include "reader.hpp"

namespace convert::onnx_import {

namespace {

/// The same operation on each step of (steps, ...).
operation of_each_step(const operation& op, std::size_t steps) {
    if (const auto* target = std::get_if<reshape>(&op)) {
        extents all = target->target;
        all.insert(all.begin(), steps);
        return reshape{all};
    }
    if (const auto* moved = std::get_if<permute>(&op)) {
        permute all{{1}};
        for (const int axis : moved->order) all.order.push_back(axis + 1);
        return all;
    }
    const bool works_on_any_rank =
        std::holds_alternative<dense>(op) || std::holds_alternative<activation>(op) ||
        std::holds_alternative<function_object>(op) || std::holds_alternative<plain_layer>(op) ||
        std::holds_alternative<rescaling>(op) || std::holds_alternative<batch_normalization>(op) ||
        std::holds_alternative<merge>(op) || std::holds_alternative<identity>(op);
    if (works_on_any_rank) return op;
    if (std::holds_alternative<nested>(op) || std::holds_alternative<std::shared_ptr<time_distributed>>(op))
        throw problem("takes the batch as its steps, after a model inside the file");
    return std::make_shared<time_distributed>(time_distributed{op, type_name(op), 0});
}

}  // namespace

value reader::batch_as_steps(const value& in) {
    if (has_steps_ || in.batch != 0 || in.merged != 0 || in.order.size() != 2 || file_shape(in)[0] != 1)
        throw problem(
            "its input is no sequence; expected (steps, batch, features), or (batch, steps, features) with layout=1");
    has_steps_ = true;
    const auto steps = static_cast<std::size_t>(options_.steps);
    const value moved = in_file_order(in);
    const std::size_t features = shape(moved)[1];
    for (node& each : graph_.nodes) each.op = of_each_step(each.op, steps);
    graph_.input.insert(graph_.input.begin(), steps);
    if (!graph_.input_axes.empty()) {
        for (std::size_t& axis : graph_.input_axes) ++axis;
        graph_.input_axes.insert(graph_.input_axes.begin(), 0);
    }
    infer_shapes(graph_);
    // The other values have another shape now: a node that reads one is refused.
    values_.clear();
    batch_ = 1;
    remark("the first axis of the file's input is the steps of its recurrent layer; the net takes " +
           shape_text(graph_.input) + ", a stream of it one step at a time");
    return {.number = add(reshape{{steps, features}}, {moved.number}), .order = {0, 1}, .batch = 1};
}

namespace {

/// Leaves out the nodes that the output does not need.
void drop_unused(graph& g) {
    std::vector<bool> is_used(g.nodes.size(), false);
    if (g.output != graph::source) is_used[g.output] = true;
    for (std::size_t i = g.nodes.size(); i-- > 0;)
        for (const std::size_t input : g.nodes[i].inputs)
            if (is_used[i] && input != graph::source) is_used[input] = true;
    std::vector<std::size_t> places(g.nodes.size(), 0);
    std::vector<node> kept;
    const auto moved = [&](std::size_t number) { return number == graph::source ? number : places[number]; };
    for (std::size_t i = 0; i < g.nodes.size(); ++i) {
        if (!is_used[i]) continue;
        places[i] = kept.size();
        node& each = kept.emplace_back(std::move(g.nodes[i]));
        for (std::size_t& input : each.inputs) input = moved(input);
        each.place = places[i];
    }
    g.output = moved(g.output);
    g.nodes = std::move(kept);
}

}  // namespace

void reader::open_steps() {
    drop_unused(graph_);
    set_input(graph_, graph_.input, options_);
    infer_shapes(graph_);
}

}  // namespace convert::onnx_import
