// layer_traits: the traits of layers and steps that the passes read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/bands.hpp>
#include <strata/graph/fusion.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/weights.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Traits of a layer that the passes read.
struct layer_traits {
    bool may_overwrite = false;  // value by value: its output may lie where its input does
    std::size_t scratch = 0;
};

/// Whether the output of a layer may lie where its input does.
template <class Layer>
inline constexpr bool may_overwrite_input = elementwise_layer<Layer> || in_place_layer<Layer>;
template <merge_layer Layer>
inline constexpr bool may_overwrite_input<Layer> = Layer::may_overwrite;

template <class T, class... Layers, std::size_t Count>
constexpr auto traits_of(type_list<Layers...>, const std::array<flat_node, Count>& nodes) {
    std::array<layer_traits, Count> traits{};
    std::size_t i = 0;
    evaluate_in_order{
        0, (traits[i] = {.may_overwrite = may_overwrite_input<Layers>, .scratch = scratch_of<T, Layers>(nodes[i].in)},
            ++i, 0)...};
    return traits;
}

template <class Net, class T>
inline constexpr auto layer_traits_of = traits_of<T>(computed_layers_of<Net>{}, flat_nodes_of<Net>);

/// Elements of an operand of a merge node that belong to one row of its output; 0 where all rows read the same ones.
constexpr std::size_t row_size(const shape& operand, const shape& out) {
    return operand.rank() == out.rank() && operand[0] == out[0] ? operand.size() / out[0] : 0;
}

/// Traits of a step for the pass over chains, but for those of a merge node.
template <class Layer, shape In, shape Out, class Fused, class T>
constexpr row_traits make_row_traits() {
    row_traits traits{.window = Layer::template rows<In, Fused>()};
    if (!traits.is_by_rows()) return traits;
    traits.in_rows = In[0];
    traits.out_rows = Out[0];
    traits.out_row = Out.size() / Out[0];
    traits.flops = Layer::flops(In);
    for (const parameter& row : parameters_of<Layer, In>) traits.weight_bytes += row.extents.size() * sizeof(T);
    traits.weight_bytes = std::max(traits.weight_bytes, packed_size_of<Layer, In, T> * sizeof(T));
    traits.scratch = row_scratch_of<Layer, In, Fused, T>;
    return traits;
}
/// A constant of types, which nets share.
template <class Layer, shape In, shape Out, class Fused, class T>
inline constexpr row_traits row_traits_of = make_row_traits<Layer, In, Out, Fused, T>();

/// The same of the step that begins at layer I.
template <class Net, class T, std::size_t Count, std::size_t I>
constexpr row_traits row_traits_at() {
    using layer = type_at<I, computed_layers_of<Net>>;
    if constexpr (merge_layer<layer>) {  // a row of the output reads that row of each operand
        const shape out = flat_nodes_of<Net>[fused_into<Net, schedule::inference, Count>[I].last(I)].out;
        if (out.rank() < 2) return {};
        return {.window = {.span = 1, .begins_anywhere = true},
                .in_rows = out[0],
                .out_rows = out[0],
                .out_row = out.size() / out[0],
                .flops = layer::merge_flops(merged_shapes_of<Net, I>),
                .scratch = &no_row_scratch};
    } else if constexpr (works_by_rows<layer>) {
        constexpr fused_layers fused = fused_into<Net, schedule::inference, Count>[I];
        return row_traits_of<layer, flat_nodes_of<Net>[I].in, flat_nodes_of<Net>[fused.last(I)].out,
                             epilogue_of<Net, fused>, T>;
    } else {
        return {};
    }
}

template <class Net, class T, std::size_t Count, std::size_t... I>
constexpr auto all_row_traits(std::index_sequence<I...>) {
    return std::array<row_traits, sizeof...(I)>{row_traits_at<Net, T, Count, I>()...};
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
