// graph_record: the graph of any net as constant data, for code that is no template of the net: pictures, TensorBoard.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// A layer of the flattened list.
struct graph_layer {
    std::string_view name{};
    std::string_view type{};
    std::string_view activation{};  // that of an option, but for Linear
    shape out{};
    std::size_t first_input = 0;  // its first place among the record's inputs
    std::size_t input_count = 0;
    std::size_t parameters = 0;  // elements of its weights
};

/// The layers of a net, and the values that they read: 0 is the net's input, i + 1 the output of layer i.
struct graph_record {
    std::string_view model{};
    shape input{};
    std::span<const graph_layer> layers{};
    std::span<const std::size_t> inputs{};
};

namespace detail {

/// The names of the layers of a flattened list; those of names_of where no layer holds others.
template <class Net>
inline constexpr auto flat_names_of = layer_names(flat_layers_of<Net>{});

template <class Net, class... Layers>
constexpr auto graph_layers(type_list<Layers...>) {
    std::array<graph_layer, sizeof...(Layers)> result{};
    std::size_t i = 0;
    [[maybe_unused]] const auto add = [&]<class Layer>(const Layer*) {
        const flat_node& node = flat_nodes_of<Net>[i];
        graph_layer& row = result[i];
        row = {.name = flat_names_of<Net>[i].view(),
               .type = Layer::type,
               .out = node.out,
               .first_input = node.first_input,
               .input_count = node.input_count};
        if constexpr (requires { std::string_view(Layer::activation::type); })
            if (Layer::activation::type != "Linear" && Layer::activation::type != Layer::type)
                row.activation = Layer::activation::type;
        for (const parameter& p : Layer::parameters(node.in)) row.parameters += p.extents.size();
        ++i;
    };
    evaluate_in_order{0, (add(static_cast<const Layers*>(nullptr)), 0)...};
    return result;
}
template <class Net>
inline constexpr auto graph_layers_of = graph_layers<Net>(flat_layers_of<Net>{});

}  // namespace detail

/// The record of a net that is built.
template <class Net>
constexpr graph_record graph_record_of() {
    return {.model = Net::model_name(),
            .input = detail::input_of<Net>(),
            .layers = detail::graph_layers_of<Net>,
            .inputs = flat_graph_of<Net>.inputs};
}

}  // namespace strata::inline STRATA_ISA
