// net: what a list of items means: its layers, its input, its name; nested models flattened into one list.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>

namespace strata::inline STRATA_ISA {

template <class... Items>
struct Sequential;

namespace detail {

template <class Item>
concept model_input = requires { requires Item::is_model_input; };

/// A layer that consists of layers: a Sequential inside a Sequential.
template <class Item>
concept composite = requires { typename Item::item_list; };

enum class item_kind { input, layer, option, other };

template <class Item>
constexpr item_kind kind_of_item() {
    if constexpr (model_input<Item>) return item_kind::input;
    else if constexpr (layer_descriptor<Item>) return item_kind::layer;
    else if constexpr (option<Item>) return item_kind::option;
    else return item_kind::other;
}

template <class... Items>
constexpr std::size_t count_of_kind(item_kind kind) {
    const std::array<item_kind, sizeof...(Items)> kinds{kind_of_item<Items>()...};
    std::size_t count = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) count += kinds[i] == kind ? 1u : 0u;
    return count;
}

template <class... Items>
constexpr auto layer_indices() {
    constexpr std::array<item_kind, sizeof...(Items) + 1> kinds{kind_of_item<Items>()..., item_kind::other};
    std::array<std::size_t, count_of_kind<Items...>(item_kind::layer)> result{};
    for (std::size_t i = 0, next = 0; i < kinds.size(); ++i)
        if (kinds[i] == item_kind::layer) result[next++] = i;
    return result;
}

/// The layers of a list of items.
template <class List>
struct layers_in;
template <class... Items>
struct layers_in<type_list<Items...>> {
    using type = select_types<type_list<Items...>, layer_indices<Items...>()>;
};

/// A layer of several paths from its input, whose ends a merge node makes one value of. Its layers are those of the
/// first path, then those of the next; `path_sizes` says how many each has.
template <class Item>
concept branching = composite<Item> && requires {
    typename Item::merge;
    Item::path_sizes;
};

/// A net that is a type of its own, not a list of items that may be written anew; its names stay short.
template <class Net>
concept named_net = composite<Net> && requires { requires Net::is_named; };

/// Whether a net is a functional model in Keras.
template <class Net>
inline constexpr bool is_functional_net = requires { requires Net::is_functional; };

/// For each path of a composite the number of its first layer, then the number of all layers; a list of layers is one
/// path.
template <composite Layer>
constexpr auto path_begins() {
    if constexpr (branching<Layer>) {
        std::array<std::size_t, Layer::path_sizes.size() + 1> begins{};
        for (std::size_t k = 0; k < Layer::path_sizes.size(); ++k) begins[k + 1] = begins[k] + Layer::path_sizes[k];
        return begins;
    } else {
        return std::array<std::size_t, 2>{0, layers_in<typename Layer::item_list>::type::size()};
    }
}

/// Layers with nested models replaced by their layers; paths follow each other, then their merge node.
template <class Layer>
struct flattened {
    using type = type_list<Layer>;
};
template <class List>
struct flattened_list;
template <class... Layers>
struct flattened_list<type_list<Layers...>> {
    using type = concat_types<typename flattened<Layers>::type...>;
};
template <class... Layers>
constexpr bool has_composite() {
    for (const bool found : {composite<Layers>..., false})
        if (found) return true;
    return false;
}
template <class... Layers>
    requires(!has_composite<Layers...>())
struct flattened_list<type_list<Layers...>> {
    using type = type_list<Layers...>;
};
template <composite Layer>
struct flattened<Layer> : flattened_list<typename layers_in<typename Layer::item_list>::type> {};
template <branching Layer>
struct flattened<Layer> {
    using type = concat_types<typename flattened_list<typename layers_in<typename Layer::item_list>::type>::type,
                              type_list<typename Layer::merge>>;
};

template <class Layer>
constexpr std::string_view given_name() {
    return Layer::options::template get<name<"">>::value;
}

/// Traits of an item that do not depend on the list.
struct item_traits {
    item_kind kind = item_kind::other;
    shape stated{};  // of an Input
    bool is_open = false;
    bool is_positive = true, is_sizes = true, is_open_elsewhere = false;  // of an Input: what it must be, or not
};
template <class Item>
inline constexpr item_traits traits_of_item{.kind = kind_of_item<Item>()};
template <model_input Item>
inline constexpr item_traits traits_of_item<Item>{.kind = kind_of_item<Item>(),
                                                  .stated = Item::value,
                                                  .is_open = Item::is_open,
                                                  .is_positive = Item::is_positive,
                                                  .is_sizes = Item::is_sizes,
                                                  .is_open_elsewhere = Item::is_open_elsewhere};

/// The input shape that a list of items states, rank 0 where it states none.
template <class... Items>
constexpr shape stated_input(type_list<Items...>) {
    shape result;
    for (const item_traits* item : std::array<const item_traits*, sizeof...(Items)>{&traits_of_item<Items>...})
        if (item->kind == item_kind::input) result = item->stated;
    return result;
}

}  // namespace detail

/// The layers of a net, in order; a nested model is one.
template <class Net>
using layers_of = typename detail::layers_in<typename Net::item_list>::type;

/// The layers of a net with nested models replaced by their layers, in topological order.
template <class Net>
using flat_layers_of = typename detail::flattened<Net>::type;

}  // namespace strata::inline STRATA_ISA
