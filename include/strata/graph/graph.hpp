// graph: the flattened list of a net as a graph: what each layer reads, the shapes of it, whether it is frozen.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/option.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// A layer of the flattened list. Values are numbered: 0 is the net's input, i + 1 the output of layer i. Layers are in
/// topological order, and every value but the last, the net's output, is read by a later layer.
struct flat_node {
    std::size_t first_input = 0;  // its first place among the graph's inputs
    std::size_t input_count = 1;
    shape in{};  // of a merge node its output
    shape out{};
    bool is_frozen = false;
};

/// The nodes of a net, and the values that they read, one node's after the other's.
template <std::size_t Nodes, std::size_t Inputs>
struct flat_graph {
    std::array<flat_node, Nodes> nodes{};
    std::array<std::size_t, Inputs> inputs{};
};

namespace detail {

template <class List>
struct unnamed_layers;
template <class... Layers>
struct unnamed_layers<type_list<Layers...>> {
    using type = type_list<typename unnamed_layer<Layers>::type...>;
};

/// The flattened list of a net as passes and executors take it: a layer's name does not change what it computes.
template <class Net>
using computed_layers_of = typename unnamed_layers<flat_layers_of<Net>>::type;

/// A value and its shape.
struct flat_value {
    std::size_t index = 0;
    shape extents{};
};

/// How many values the nodes of a layer read.
template <class Layer>
inline constexpr std::size_t input_count_of = 1;
template <class... Layers>
constexpr std::size_t count_inputs(type_list<Layers...>) {
    std::size_t count = 0;
    for (const std::size_t each : std::array<std::size_t, sizeof...(Layers)>{input_count_of<Layers>...}) count += each;
    return count;
}
template <composite Layer>
inline constexpr std::size_t input_count_of<Layer> = [] {
    std::size_t count = count_inputs(layers_of<Layer>{});
    if constexpr (branching<Layer>) count += Layer::path_sizes.size();
    return count;
}();

/// A graph while it is made: how many nodes and inputs it has so far. No template, so that nets with the same layers
/// share the functions that append them.
struct growing_graph {
    flat_node* nodes = nullptr;
    std::size_t* inputs = nullptr;
    std::size_t node_count = 0, input_count = 0;

    constexpr std::size_t append(std::size_t value_count, const shape& in, const shape& out, bool is_frozen) {
        nodes[node_count] = {
            .first_input = input_count, .input_count = value_count, .in = in, .out = out, .is_frozen = is_frozen};
        return ++node_count;
    }
    constexpr void read(std::size_t value) { inputs[input_count++] = value; }
};

/// Appends a layer that reads `in`; gives its output.
template <class Layer>
constexpr flat_value append_nodes(growing_graph& graph, const flat_value& in, bool is_frozen) {
    const bool stays = is_frozen || Layer::options::template has<frozen>;
    if constexpr (composite<Layer>) {
        constexpr auto begins = path_begins<Layer>();
        std::array<flat_value, begins.size()> ends{};  // of each path; the first is the input
        std::size_t index = 0, path = 0;
        flat_value last = in;
        const auto end_paths = [&] {  // those that end before layer `index`
            while (path + 1 < begins.size() && begins[path + 1] == index) {
                ends[path++] = last;
                last = in;
            }
        };
        const auto add = [&]<class... Layers>(type_list<Layers...>) {
            evaluate_in_order{0, (end_paths(), last = append_nodes<Layers>(graph, last, stays), ++index, 0)...};
        };
        add(layers_of<Layer>{});
        if constexpr (!branching<Layer>) return last;
        else {
            end_paths();
            std::array<shape, begins.size() - 1> shapes{};
            for (std::size_t k = 0; k < shapes.size(); ++k) shapes[k] = ends[k].extents;
            const shape out = in.extents.rank() == 0 ? shape{} : Layer::merge::merged_shape(shapes);
            const std::size_t value = graph.append(shapes.size(), out, out, stays);
            for (std::size_t k = 0; k < shapes.size(); ++k) graph.read(ends[k].index);
            return {.index = value, .extents = out};
        }
    } else {
        const shape out = in.extents.rank() == 0 ? shape{} : Layer::output(in.extents);
        const std::size_t value = graph.append(1, in.extents, out, stays);
        graph.read(in.index);
        return {.index = value, .extents = out};
    }
}

}  // namespace detail

/// The graph of a net; of one that is not built, without shapes.
template <class Net>
inline constexpr auto flat_graph_of = [] {
    flat_graph<flat_layers_of<Net>::size(), detail::input_count_of<Net>> graph{};
    detail::growing_graph growing{.nodes = graph.nodes.data(), .inputs = graph.inputs.data()};
    static_cast<void>(detail::append_nodes<Net>(growing, {.index = 0, .extents = detail::input_of<Net>()}, false));
    return graph;
}();
/// Its nodes: one for each layer of the flattened list.
template <class Net>
inline constexpr const auto& flat_nodes_of = flat_graph_of<Net>.nodes;

namespace detail {

/// The number of the value that node `node` reads as its input number k.
template <class Net>
constexpr std::size_t value_read(std::size_t node, std::size_t k = 0) {
    return flat_graph_of<Net>.inputs[flat_nodes_of<Net>[node].first_input + k];
}

/// The shape of a value of the graph.
template <class Net>
constexpr shape value_shape(std::size_t value) {
    return value == 0 ? input_of<Net>() : flat_nodes_of<Net>[value - 1].out;
}

/// For each value the one among the first Count layers of a net that reads it, or Count where there are more or none.
template <class Net, std::size_t Count = flat_layers_of<Net>::size()>
inline constexpr auto sole_readers_of = [] {
    std::array<std::size_t, Count + 1> readers{};
    std::array<bool, Count + 1> is_read{};
    for (std::size_t& reader : readers) reader = Count;
    for (std::size_t i = 0; i < Count; ++i)
        for (std::size_t k = 0; k < flat_nodes_of<Net>[i].input_count; ++k) {
            const std::size_t value = value_read<Net>(i, k);
            readers[value] = is_read[value] ? Count : i;
            is_read[value] = true;
        }
    return readers;
}();

/// The shapes of the values that a merge node reads.
template <class Net, std::size_t I>
inline constexpr auto merged_shapes_of = [] {
    std::array<shape, flat_nodes_of<Net>[I].input_count> shapes{};
    for (std::size_t k = 0; k < shapes.size(); ++k) shapes[k] = value_shape<Net>(value_read<Net>(I, k));
    return shapes;
}();

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
