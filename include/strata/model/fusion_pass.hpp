// fusion: the pass that decides which layers of a net become part of others.
#pragma once

#include <array>
#include <cstddef>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/window.hpp>
#include <strata/graph/graph.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A layer is kept, removed because it is an identity, or fused into another layer, its host.
enum class fusion_kind { none, removed, affine, activation, constant, border };

/// The decision on a layer. Members after the host say which other layers are fused into this one.
struct layer_fusion {
    fusion_kind kind = fusion_kind::none;
    std::size_t host = 0;

    bool takes_affine = false;
    bool takes_activation = false;
    std::size_t activation = 0;                  // the layer that becomes its option
    padding_mode padding = padding_mode::valid;  // instead of the zeros that a layer put in front
    bool takes_constant = false;
    double scale = 1.0, offset = 0.0;  // its own and those of the constant layers fused into it
};

/// Traits of a layer that the pass reads.
struct fusion_traits {
    bool is_identity = false;
    bool is_affine = false, is_option = false, is_constant = false, is_border = false;
    bool takes_affine = false, takes_option = false;
    double scale = 1.0, offset = 0.0;
    border edges{0};
    padding_mode (*padding_for)(const shape&, const border&) = nullptr;
    bool must_stay = false;  // the first layer of a path of a Residual that has identities alone
    std::size_t list = 0;    // the number of the net or Residual whose list it stands in
};

template <class Layer>
constexpr fusion_traits fusion_traits_of() {
    fusion_traits traits{.is_identity = identity_at_inference<Layer>,
                         .is_affine = affine_layer<Layer>,
                         .is_option = layer_as_option<Layer>,
                         .is_constant = constant_affine_layer<Layer>,
                         .is_border = adds_border<Layer>,
                         .takes_affine = absorbs_affine<Layer>,
                         .takes_option = takes_activation<Layer>};
    if constexpr (constant_affine_layer<Layer>) {
        traits.scale = Layer::scale;
        traits.offset = Layer::offset;
    }
    if constexpr (adds_border<Layer>) traits.edges = Layer::zero_edges;
    if constexpr (takes_border<Layer>) traits.padding_for = &Layer::padding_for;
    return traits;
}

/// Writes the traits of a layer and of those inside it; `index` and `list` count layers and lists.
template <class Layer, std::size_t Count>
constexpr void append_fusion_traits(std::array<fusion_traits, Count>& traits, std::size_t& index, std::size_t list,
                                    std::size_t& lists) {
    if constexpr (composite<Layer>) {
        const std::size_t own = ++lists, first = index;
        std::size_t place = 0, first_path_end = 0;
        const auto add = [&]<class... Layers>(type_list<Layers...>) {
            evaluate_in_order{0, (append_fusion_traits<Layers>(traits, index, own, lists),
                                  first_path_end = ++place == path_begins<Layer>()[1] ? index : first_path_end, 0)...};
        };
        add(layers_of<Layer>{});
        if constexpr (requires { requires Layer::keeps_first_path; }) {
            bool only_identities = true;
            for (std::size_t i = first; i < first_path_end; ++i)
                only_identities = only_identities && traits[i].is_identity;
            traits[first].must_stay = traits[first].must_stay || only_identities;
        }
        if constexpr (branching<Layer>) traits[index++].list = own;
    } else {
        traits[index] = fusion_traits_of<Layer>();
        traits[index++].list = list;
    }
}

template <class Net>
inline constexpr auto all_fusion_traits = [] {
    std::array<fusion_traits, flat_layers_of<Net>::size()> traits{};
    std::size_t index = 0, lists = 0;
    append_fusion_traits<Net>(traits, index, 0, lists);
    return traits;
}();

/// Constants that can be multiplied and stay far from overflow.
constexpr bool is_moderate(double scale, double offset) {
    constexpr double most = 1e100;
    return scale < most && scale > -most && offset < most && offset > -most;
}

/// The layer whose output layer i sees, through layers that are gone or part of it, where no other layer reads any of
/// that; the number of layers where there is none.
template <class Net, std::size_t Count>
constexpr std::size_t seen_layer(const std::array<layer_fusion, Count>& fusions, std::size_t i) {
    constexpr const auto& readers = sole_readers_of<Net>;
    std::size_t value = value_read<Net>(i);
    while (value > 0 && readers[value] < Count) {
        const layer_fusion& fusion = fusions[value - 1];
        if (fusion.kind == fusion_kind::none) return value - 1;
        if (fusion.kind != fusion_kind::removed) return fusion.host;
        value = value_read<Net>(value - 1);
    }
    return Count;
}

/// The decision on each layer of the flattened list of a net.
template <class Net>
inline constexpr auto fusions_of = [] {
    constexpr const auto& nodes = flat_nodes_of<Net>;
    constexpr const auto& traits = all_fusion_traits<Net>;
    constexpr std::size_t count = nodes.size();
    std::array<layer_fusion, count> fusions{};
    for (std::size_t i = 0; i < count; ++i) {
        const fusion_traits& own = traits[i];
        layer_fusion& fusion = fusions[i];
        fusion.scale = own.scale;
        fusion.offset = own.offset;
        if (own.is_identity && !own.must_stay) {
            fusion.kind = fusion_kind::removed;
            continue;
        }
        const std::size_t seen = nodes[i].input_count == 1 ? seen_layer<Net>(fusions, i) : count;
        if (seen == count) continue;
        layer_fusion& host = fusions[seen];
        if (own.is_affine && traits[seen].takes_affine && !host.takes_activation) {
            fusion = {.kind = fusion_kind::affine, .host = seen};
            host.takes_affine = true;
        } else if (own.is_option && traits[seen].takes_option && !host.takes_activation) {
            fusion = {.kind = fusion_kind::activation, .host = seen};
            host.takes_activation = true;
            host.activation = i;
        } else if (own.is_constant && traits[seen].is_constant && is_moderate(host.scale, host.offset) &&
                   is_moderate(own.scale, own.offset)) {
            fusion = {.kind = fusion_kind::constant, .host = seen};
            host.takes_constant = true;
            host.offset = host.offset * own.scale + own.offset;
            host.scale *= own.scale;
        } else if (own.padding_for != nullptr && traits[seen].is_border && traits[seen].list == own.list &&
                   nodes[seen].in.rank() > 0) {
            fusion.padding = own.padding_for(nodes[seen].in, traits[seen].edges);
            if (fusion.padding != padding_mode::valid) host = {.kind = fusion_kind::border, .host = i};
        }
    }
    return fusions;
}();

}  // namespace strata::inline STRATA_ISA::detail
