// fused: the type of a net whose layers became parts of others, as the pass of fusion.hpp decided.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/capabilities/fusion_hooks.hpp>
#include <strata/layers/option.hpp>
#include <strata/model/fusion_pass.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/net/branching.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// A layer that keeps its name where those that it was counted with are gone.
template <class Layer, class Name>
struct named_layer : Layer {
    using options = typename Layer::options::template with<Name>;
};

namespace detail {

// A layer

template <layer_fusion Fold, class Layer>
constexpr auto with_border_before() {
    if constexpr (Fold.padding != padding_mode::valid) return std::type_identity<with_padding<Layer, Fold.padding>>{};
    else return std::type_identity<Layer>{};
}
template <layer_fusion Fold, class Layer>
constexpr auto with_affine_after() {
    if constexpr (Fold.takes_affine) return std::type_identity<with_affine<Layer>>{};
    else return std::type_identity<Layer>{};
}
template <layer_fusion Fold, class Layer, class Flat>
constexpr auto with_activation_after() {
    if constexpr (Fold.takes_activation)
        return std::type_identity<with_option<Layer, typename type_at<Fold.activation, Flat>::activation_option>>{};
    else return std::type_identity<Layer>{};
}
template <layer_fusion Fold, class Layer>
constexpr auto with_constants_after() {
    if constexpr (Fold.takes_constant)
        return std::type_identity<typename Layer::template with_line<Fold.scale, Fold.offset>>{};
    else return std::type_identity<Layer>{};
}

/// Layer number I of the flattened list of a net with those that became part of it.
template <class Net, std::size_t I>
struct fused_layer_type {
    static constexpr layer_fusion fusion = fusions_of<Net>[I];
    using flat = flat_layers_of<Net>;
    using padded = typename decltype(with_border_before<fusion, type_at<I, flat>>())::type;
    using affine = typename decltype(with_affine_after<fusion, padded>())::type;
    using active = typename decltype(with_activation_after<fusion, affine, flat>())::type;
    using type = typename decltype(with_constants_after<fusion, active>())::type;
};

// Names: those that are left keep theirs

template <class Layer, class Name>
struct given_the_name {
    static auto make() {
        if constexpr (layer_with_options<Layer>) return std::type_identity<with_option<Layer, Name>>{};
        else return std::type_identity<named_layer<Layer, Name>>{};
    }
    using type = typename decltype(make())::type;
};
template <template <class...> class Group, class... Items, class Name>
    requires composite<Group<Items...>>
struct given_the_name<Group<Items...>, Name> {
    using type = Group<Name, Items...>;
};

/// The names that layers must be given to have those of `wanted`; empty where Keras' default says the same.
template <class... Layers, std::size_t Count>
constexpr std::array<layer_name, Count> names_to_give(type_list<Layers...>,
                                                      const std::array<layer_name, Count>& wanted) {
    std::array<layer_name, Count> result{};
    std::array<std::string_view, Count> given{given_name<Layers>()...};
    for (bool changed = true; changed;) {
        changed = false;
        const auto names = assign_names(given, std::array<std::string_view, Count>{Layers::type...});
        for (std::size_t i = 0; i < Count; ++i) {
            if (names[i] == wanted[i].view()) continue;
            result[i] = wanted[i];
            given[i] = result[i];
            changed = true;
        }
    }
    return result;
}

/// An item that is layer number Index of Names, if it is one, with the name that stands there.
template <class Item, const auto& Names, std::size_t Index>
struct with_kept_name {
    static auto make() {
        if constexpr (kind_of_item<Item>() != item_kind::layer) {
            return std::type_identity<Item>{};
        } else if constexpr (Names[Index].empty()) {
            return std::type_identity<Item>{};
        } else {
            constexpr std::size_t length = Names[Index].size();
            return given_the_name<Item, name<fixed_string<length + 1>(Names[Index].view())>>{};
        }
    }
    using type = typename decltype(make())::type;
};
template <template <class...> class Path, class... Layers, const auto& Names, std::size_t Index>
    requires path_item<Path<Layers...>>
struct with_kept_name<Path<Layers...>, Names, Index> {
    template <std::size_t... I>
    static auto make(std::index_sequence<I...>) -> Path<typename with_kept_name<Layers, Names, Index + I>::type...>;
    using type = decltype(make(std::index_sequence_for<Layers...>{}));
};

// A list of items

template <class Net, class Item, std::size_t Begin>
struct fused_item;

/// Items, the first of whose layers have the numbers of Begins in the flattened list of Net, as they are left.
template <class Net, const auto& Begins, class... Items, std::size_t... I>
auto fused_items(type_list<Items...>, std::index_sequence<I...>)
    -> concat_types<typename fused_item<Net, Items, Begins[I]>::type...>;

/// A Sequential or a Residual, the first of whose layers has number Begin in the flattened list of Net.
template <class Net, class Group, std::size_t Begin>
struct fused_group;
template <class Net, template <class...> class Group, class... Items, std::size_t Begin>
struct fused_group<Net, Group<Items...>, Begin> {
    static constexpr auto begins = item_begins<Items...>({item_size<Items>::flat...}, Begin);
    using items = decltype(fused_items<Net, begins>(type_list<Items...>{}, std::index_sequence_for<Items...>{}));

    template <class... Kept>
    static Group<Kept...> as_group(type_list<Kept...>);
    using unnamed = decltype(as_group(items{}));

    /// The names of the layers that are left.
    template <class... Layers>
    static constexpr auto kept_names(type_list<Layers...>) {
        std::array<layer_name, layers_of<unnamed>::size()> kept{};
        constexpr std::array<std::size_t, sizeof...(Layers)> sizes{item_size<Layers>::flat...};
        std::size_t flat = Begin, next = 0;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            bool is_kept = false;
            for (std::size_t k = 0; k < sizes[i]; ++k, ++flat)
                is_kept = is_kept || fusions_of<Net>[flat].kind == fusion_kind::none;
            if (is_kept) kept[next++] = names_of<Group<Items...>>[i];
        }
        return kept;
    }
    static constexpr auto names = names_to_give(layers_of<unnamed>{}, kept_names(layers_of<Group<Items...>>{}));

    template <class... Kept, std::size_t... I>
    static auto named(type_list<Kept...>, std::index_sequence<I...>) {
        [[maybe_unused]] static constexpr auto numbers = item_begins<Kept...>({item_size<Kept>::layers...}, 0);
        return std::type_identity<Group<typename with_kept_name<Kept, names, numbers[I]>::type...>>{};
    }
    using type = typename decltype(named(items{}, std::make_index_sequence<items::size()>{}))::type;
};

/// A net that is a type of its own, after the pass: another type.
template <class Net, class Group, std::size_t Begin>
struct fused_part : net_interface<fused_part<Net, Group, Begin>> {
    template <class... Others>
    using with_items = typename Group::template with_items<Others...>;
    using item_list =
        typename fused_group<Net, typename as_net<Group, typename Group::item_list>::type, Begin>::type::item_list;
    using options = typename Group::options;
    static constexpr bool is_named = true;
    static constexpr bool is_functional = is_functional_net<Group>;

    static constexpr std::string_view type = Group::type;
};
template <class Net, named_net Group, std::size_t Begin>
struct fused_group<Net, Group, Begin> {
    static constexpr std::size_t size = flattened<Group>::type::size();
    static constexpr bool changes = [] {
        for (std::size_t i = Begin; i < Begin + size; ++i) {
            const layer_fusion& fusion = fusions_of<Net>[i];
            if (fusion.kind != fusion_kind::none || fusion.takes_affine || fusion.takes_activation ||
                fusion.takes_constant || fusion.padding != padding_mode::valid)
                return true;
        }
        return false;
    }();
    using type = std::conditional_t<changes, fused_part<Net, Group, Begin>, Group>;
};

/// An item as it is left: none or one.
template <class Net, class Item, std::size_t Begin>
struct fused_item {
    static auto make() {
        if constexpr (kind_of_item<Item>() != item_kind::layer) {
            return type_list<Item>{};
        } else if constexpr (composite<Item>) {
            using group = typename fused_group<Net, Item, Begin>::type;
            if constexpr (flattened<group>::type::size() == 0) return type_list<>{};
            else return type_list<group>{};
        } else if constexpr (fusions_of<Net>[Begin].kind == fusion_kind::none) {
            return type_list<typename fused_layer_type<Net, Begin>::type>{};
        } else {
            return type_list<>{};
        }
    }
    using type = decltype(make());
};
template <class Net, template <class...> class Path, class... Layers, std::size_t Begin>
    requires path_item<Path<Layers...>>
struct fused_item<Net, Path<Layers...>, Begin> {
    static constexpr auto begins = item_begins<Layers...>({item_size<Layers>::flat...}, Begin);
    template <class... Kept>
    static auto as_path(type_list<Kept...>)
        -> std::conditional_t<sizeof...(Kept) == 0 && path_traits<Path<Layers...>>::is_shortcut, type_list<>,
                              type_list<Path<Kept...>>>;
    using type =
        decltype(as_path(fused_items<Net, begins>(type_list<Layers...>{}, std::index_sequence_for<Layers...>{})));
};

/// A net as it is left. What stated its input may be gone: then an Input<...> does.
template <class Net>
struct fused_net {
    using result = typename fused_group<Net, Net, 0>::type;
    static auto make() {
        constexpr shape input = input_of<Net>();
        if constexpr (input.rank() > 0 && input_of<result>().rank() == 0) return given_input<result, input>{};
        else return std::type_identity<result>{};
    }
    using type = typename decltype(make())::type;
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
