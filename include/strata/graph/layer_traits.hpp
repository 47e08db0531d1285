// plan_query: what the passes that make a plan read of the layers, and which layers run in the epilogue of another.
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
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The layers of an epilogue as a type.
template <class Layers, std::array<std::size_t, 2> Behind, std::size_t Count>
constexpr auto epilogue_layers() {
    if constexpr (Count == 0) return fused<>{};
    else if constexpr (Count == 1) return fused<type_at<Behind[0], Layers>>{};
    else return fused<type_at<Behind[0], Layers>, type_at<Behind[1], Layers>>{};
}

/// Traits of a layer that the passes read.
struct layer_traits {
    bool is_alias = false;       // gives its input, perhaps with another shape
    bool may_overwrite = false;  // value by value: its output may lie where its input does
    std::size_t out_size = 0;
    std::size_t scratch = 0;
};

template <class Layer>
constexpr bool may_overwrite_input() {
    if constexpr (merge_layer<Layer>) return Layer::may_overwrite;
    else return elementwise_layer<Layer> || in_place_layer<Layer>;
}

template <class T, class... Layers, std::size_t Count>
constexpr auto traits_of(type_list<Layers...>, const std::array<flat_node, Count>& nodes) {
    std::array<layer_traits, Count> traits{};
    std::size_t i = 0;
    evaluate_in_order{0, (traits[i] = {.is_alias = identity_at_inference<Layers> || view_layer<Layers>,
                                       .may_overwrite = may_overwrite_input<Layers>(),
                                       .out_size = nodes[i].out.size(),
                                       .scratch = scratch_of<T, Layers>(nodes[i].in)},
                          ++i, 0)...};
    return traits;
}

template <class... Layers>
constexpr auto identities_among(type_list<Layers...>) {
    return std::array<bool, sizeof...(Layers)>{identity_at_inference<Layers>...};
}
template <class Net>
inline constexpr auto identities_of = identities_among(flat_layers_of<Net>{});

/// Which of the first `Count` layers of a net alone reads what layer I gives, identities passed over; Count where there
/// is none.
template <class Net, std::size_t Count, std::size_t I>
constexpr std::size_t only_reader() {
    std::size_t reader = I;
    do reader = sole_readers_of<Net, Count>[reader + 1];
    while (reader < Count && identities_of<Net>[reader]);
    return reader;
}

/// The layers that run in an epilogue.
struct fused_layers {
    std::array<std::size_t, 2> layers{};
    std::size_t count = 0;
};

/// Which of the first Count layers of a net layer I runs in its epilogue: each reads what the one before it gives, and
/// nothing else does.
template <class Net, std::size_t Count, std::size_t I>
constexpr fused_layers layers_fused_into() {
    using list = flat_layers_of<Net>;
    using current = type_at<I, list>;
    constexpr shape in = flat_nodes_of<Net>[I].in;
    if constexpr (fuses_layers<current> && !identity_at_inference<current>) {
        constexpr std::size_t next = only_reader<Net, Count, I>();
        if constexpr (next < Count) {
            constexpr std::size_t second = only_reader<Net, Count, next>();
            if constexpr (second < Count)
                if (current::template fuses<in, type_at<next, list>, type_at<second, list>>())
                    return {.layers = {next, second}, .count = 2};
            if (current::template fuses<in, type_at<next, list>>()) return {.layers = {next, 0}, .count = 1};
        }
    }
    return {};
}

/// Each a constant of its own, as all that is known of one layer: compilers limit the steps of one evaluation.
template <class Net, std::size_t Count, std::size_t I>
inline constexpr fused_layers fused_at = layers_fused_into<Net, Count, I>();

template <class Net, std::size_t Count, std::size_t... I>
constexpr auto all_fused_layers(std::index_sequence<I...>) {
    return std::array<fused_layers, sizeof...(I)>{fused_at<Net, Count, I>...};
}

/// Traits of the step that begins at layer I, for the pass over chains.
template <class Net, class T, std::size_t Count, std::size_t I>
constexpr row_traits row_traits_of() {
    using layer = type_at<I, flat_layers_of<Net>>;
    constexpr fused_layers behind = fused_at<Net, Count, I>;
    constexpr std::size_t last = behind.count == 0 ? I : behind.layers[behind.count - 1];
    constexpr shape in = flat_nodes_of<Net>[I].in, out = flat_nodes_of<Net>[last].out;
    using epilogue = decltype(epilogue_layers<flat_layers_of<Net>, behind.layers, behind.count>());
    if constexpr (!works_by_rows<layer>) {
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

/// How many layers the flattened list of a net has.
template <class Net>
inline constexpr std::size_t flat_count = flat_layers_of<Net>::size();

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
