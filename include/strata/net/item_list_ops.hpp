// Editing a list of items: which options are among them, the list without its last layer, the list with an input.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/meta.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/input.hpp>
#include <strata/layers/option.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

template <class List>
struct as_options;
template <class... Options>
struct as_options<type_list<Options...>> {
    using type = option_list<Options...>;
};

template <class... Items>
constexpr auto option_indices() {
    constexpr std::array<item_kind, sizeof...(Items) + 1> kinds{kind_of_item<Items>()..., item_kind::other};
    constexpr std::size_t count = count_of_kind<Items...>(item_kind::option);
    std::array<std::size_t, count> result{};
    for (std::size_t i = 0, next = 0; i < sizeof...(Items); ++i)
        if (kinds[i] == item_kind::option) result[next++] = i;
    return result;
}

/// The model options among a list's items. An activation type is both a layer and an option: in a list it is a layer.
template <class... Items>
using options_among = typename as_options<select_types<type_list<Items...>, option_indices<Items...>()>>::type;

/// A net of Net's kind with the items of a list.
template <class Net, class List>
struct as_net;
template <class Net, class... Items>
struct as_net<Net, type_list<Items...>> {
    using type = typename Net::template with_items<Items...>;
};

template <class... Items>
constexpr auto indices_without_last_layer(type_list<Items...>) {
    constexpr std::array<item_kind, sizeof...(Items)> kinds{kind_of_item<Items>()...};
    std::array<std::size_t, sizeof...(Items) - 1> result{};
    std::size_t last = kinds.size();
    while (kinds[--last] != item_kind::layer) {
    }
    for (std::size_t i = 0, next = 0; i < kinds.size(); ++i)
        if (i != last) result[next++] = i;
    return result;
}

/// A net without its last layer.
template <class Net>
using popped =
    typename as_net<Net,
                    select_types<typename Net::item_list, indices_without_last_layer(typename Net::item_list{})>>::type;
/// A net with one more layer.
template <class Net, class Layer>
using appended = typename as_net<Net, concat_types<typename Net::item_list, type_list<Layer>>>::type;

/// A net for samples of the shape Sample: with an Input<...> in front, where it has none.
template <class Net, shape Sample>
struct given_input {
    template <class... Items, std::size_t... Axes>
    static auto make(type_list<Items...>, std::index_sequence<Axes...>) {
        if constexpr (input_of<Net>().rank() > 0) return Net{};
        else return typename Net::template with_items<Input<static_cast<int>(Sample[Axes])...>, Items...>{};
    }
    static constexpr std::size_t rank = Sample.rank();
    using type = decltype(make(typename Net::item_list{}, std::make_index_sequence<rank>{}));
};

/// One layer as a net of its own; a nested model is one already.
template <class Layer>
struct alone {
    using type = Sequential<Layer>;
};
template <class Net>
    requires(composite<Net> && !branching<Net>)
struct alone<Net> {
    using type = Net;
};

template <class List, class Indices>
struct first_layers;
template <class List, std::size_t... I>
struct first_layers<List, std::index_sequence<I...>> {
    using type = Sequential<type_at<I, List>...>;
};

/// The first Count layers of a net as a net.
template <class Net, std::size_t Count>
using first_layers_of = typename first_layers<layers_of<Net>, std::make_index_sequence<Count>>::type;

template <class... Layers>
constexpr sequence<Layers...> as_sequence(type_list<Layers...>) {
    return {};
}

}  // namespace strata::inline STRATA_ISA::detail
