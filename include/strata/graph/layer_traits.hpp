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
inline constexpr auto layer_traits_of = traits_of<T>(flat_layers_of<Net>{}, flat_nodes_of<Net>);

/// Elements of an operand of a merge node that belong to one row of its output; 0 where all rows read the same ones.
constexpr std::size_t row_size(const shape& operand, const shape& out) {
    return operand.rank() == out.rank() && operand[0] == out[0] ? operand.size() / out[0] : 0;
}

/// Traits of the step that begins at layer I, for the pass over chains.
template <class Net, class T, std::size_t Count, std::size_t I>
constexpr row_traits row_traits_of() {
    using layer = type_at<I, flat_layers_of<Net>>;
    constexpr fused_layers fused = fused_into<Net, schedule::inference, Count, I>;
    constexpr shape in = flat_nodes_of<Net>[I].in, out = flat_nodes_of<Net>[fused.last(I)].out;
    using epilogue = epilogue_of<Net, fused>;
    if constexpr (merge_layer<layer>) {  // a row of the output reads that row of each operand
        if (out.rank() < 2) return {};
        return {.window = {.span = 1, .begins_anywhere = true},
                .in_rows = out[0],
                .out_rows = out[0],
                .out_row = out.size() / out[0],
                .flops = layer::merge_flops(merged_shapes_of<Net, I>),
                .scratch = &no_row_scratch};
    } else if constexpr (!works_by_rows<layer>) {
        return {};
    } else {
        row_traits traits{.window = layer::template rows<in, epilogue>()};
        if (!traits.is_by_rows()) return {};
        traits.in_rows = in[0];
        traits.out_rows = out[0];
        traits.out_row = out.size() / out[0];
        traits.flops = layer::flops(in);
        for (const parameter& row : layer::parameters(in)) traits.weight_bytes += row.extents.size() * sizeof(T);
        traits.weight_bytes = std::max(traits.weight_bytes, packed_size_of<layer, in, T> * sizeof(T));
        traits.scratch = row_scratch_of<layer, in, epilogue, T>;
        return traits;
    }
}
template <class Net, class T, std::size_t Count, std::size_t I>
inline constexpr row_traits row_traits_at = row_traits_of<Net, T, Count, I>();

template <class Net, class T, std::size_t Count, std::size_t... I>
constexpr auto all_row_traits(std::index_sequence<I...>) {
    return std::array<row_traits, sizeof...(I)>{row_traits_at<Net, T, Count, I>...};
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
