// freeze, unfreeze: the same net or model with other layers frozen, as another type.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/fixed_string.hpp>
#include <strata/core/report.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/model/edit.hpp>
#include <strata/model/model.hpp>
#include <strata/model/names.hpp>
#include <strata/model/net.hpp>
#include <strata/model/net_surface.hpp>
#include <strata/model/residual.hpp>
#include <strata/model/sequential.hpp>
#include <strata/model/verdicts.hpp>

namespace strata {

/// A layer that is frozen from outside: the layer itself, with one more option.
template <class Layer>
struct frozen_layer : Layer {
    using options = typename Layer::options::template with<frozen>;
};

/// A layer that was written with the option `frozen`, without it.
template <class Layer>
struct unfrozen_layer : Layer {
    using options = typename Layer::options::template without<frozen>;
};

/// A net that is a type of its own, such as an application, frozen as a whole.
template <class Net>
struct frozen_net : detail::net_surface<frozen_net<Net>> {
    using item_list = concat_types<type_list<frozen>, typename Net::item_list>;
    using options = typename Net::options::template with<frozen>;
    template <class... Others>
    using with_items = typename Net::template with_items<Others...>;
    static constexpr bool is_named = true;

    static constexpr std::string_view type = Net::type;
};

namespace detail {

/// An item of a list with its weights frozen or not. Layers inside a nested model follow where they are unfrozen;
/// frozen as a whole, a nested model keeps what its layers say.
template <class Item, bool Frozen>
struct set_frozen {
    using type = Item;
};
template <layer_descriptor Layer>
    requires(!composite<Layer> && !Layer::options::template has<frozen>)
struct set_frozen<Layer, true> {
    using type = frozen_layer<Layer>;
};
template <layer_descriptor Layer>
    requires(!composite<Layer> && Layer::options::template has<frozen>)
struct set_frozen<Layer, false> {
    using type = unfrozen_layer<Layer>;
};
template <class Layer>
struct set_frozen<frozen_layer<Layer>, false> {
    using type = Layer;
};
template <class Layer>
struct set_frozen<unfrozen_layer<Layer>, true> {
    using type = Layer;
};

template <class List>
struct without_frozen_option;
template <class... Items>
struct without_frozen_option<type_list<Items...>> {
    using type = concat_types<std::conditional_t<std::is_same_v<Items, frozen>, type_list<>, type_list<Items>>...>;
};

template <template <class...> class Group, class... Items>
    requires(composite<Group<Items...>> && !Group<Items...>::options::template has<frozen>)
struct set_frozen<Group<Items...>, true> {
    using type = Group<frozen, Items...>;
};
template <template <class...> class Group, class... Items>
    requires composite<Group<Items...>>
struct set_frozen<Group<Items...>, false> {
    template <class... Kept>
    static Group<typename set_frozen<Kept, false>::type...> make(type_list<Kept...>);
    using type = decltype(make(typename without_frozen_option<type_list<Items...>>::type{}));
};
template <named_net Net>
    requires(!Net::options::template has<frozen>)
struct set_frozen<Net, true> {
    using type = frozen_net<Net>;
};
template <class Net>
struct set_frozen<frozen_net<Net>, false> {
    using type = Net;
};
template <class... Layers>
struct set_frozen<shortcut<Layers...>, false> {
    using type = shortcut<typename set_frozen<Layers, false>::type...>;
};

/// A net with the layers of a mask frozen (or not), the others as they are. The mask counts layers, not items.
template <class Net, auto Mask, bool Frozen, class = typename Net::item_list>
struct set_frozen_layers;
template <class Net, auto Mask, bool Frozen, class... Items>
struct set_frozen_layers<Net, Mask, Frozen, type_list<Items...>> {
    /// The place of each item among the layers, or none.
    static constexpr auto chosen = [] {
        constexpr std::array kinds{kind_of_item<Items>()..., item_kind::other};
        std::array<bool, sizeof...(Items) + 1> result{};
        for (std::size_t i = 0, layer = 0; i < sizeof...(Items); ++i)
            if (kinds[i] == item_kind::layer) result[i] = Mask[layer++];
        return result;
    }();
    template <std::size_t... I>
    static auto make(std::index_sequence<I...>) -> typename Net::template with_items<
        typename std::conditional_t<chosen[I], set_frozen<Items, Frozen>, std::type_identity<Items>>::type...>;
    using type = decltype(make(std::index_sequence_for<Items...>{}));
};

/// Which layers of a net have one of these names.
template <class Net, fixed_string... Names>
constexpr auto layers_named() {
    std::array<bool, names_of<Net>.size()> mask{};
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = ((names_of<Net>[i] == Names.view()) || ...);
    return mask;
}
/// All layers that have weights but the last of them. Like Keras' `for layer in model.layers[:-1]: layer.trainable =
/// False`.
template <class Net>
constexpr auto all_but_last() {
    std::array<bool, names_of<Net>.size()> mask{};
    for (std::size_t i = 0; i + 1 < mask.size(); ++i) mask[i] = true;
    return mask;
}

template <class Net, fixed_string... Names>
struct names_verdict {
    static constexpr report value = [] {
        report verdict;
        const auto accept = [&](const report& found) {
            verdict = found;
            return verdict.ok;
        };
        static_cast<void>((accept(layer_verdict<Net, Names>::value) && ...));
        if (!verdict.ok) verdict.at = "freeze, unfreeze";
        return verdict;
    }();
};

/// Applies a change of a net's type to a net or layer (a value), or to a model, whose weights come along.
template <template <class> class Change, class T>
constexpr auto changed(const T&) {
    return typename Change<T>::type{};
}
template <template <class> class Change, class Net, class T, class Storage>
auto changed(const Model<Net, T, Storage>& model) {
    return model.template as<typename Change<Net>::type>();
}
template <template <class> class Change, class Net, class T, class Storage>
auto changed(Model<Net, T, Storage>&& model) {
    return std::move(model).template as<typename Change<Net>::type>();
}

template <class T>
struct net_in {
    using type = T;
};
template <class Net, class T, class Storage>
struct net_in<Model<Net, T, Storage>> {
    using type = Net;
};

template <class Net>
using frozen_whole = set_frozen<Net, true>;
template <class Net>
using unfrozen_whole = set_frozen<Net, false>;
template <class Net>
struct frozen_but_last : set_frozen_layers<Net, all_but_last<Net>(), true> {};
template <fixed_string... Names>
struct by_name {
    template <class Net>
    struct frozen : set_frozen_layers<Net, layers_named<Net, Names...>(), true> {};
    template <class Net>
    struct unfrozen : set_frozen_layers<Net, layers_named<Net, Names...>(), false> {};
};

}  // namespace detail

/// The net, layer or model x with all of its weights frozen. The result is of another type: no backward code is made
/// for it. Keras: `trainable = False`.
template <class X>
constexpr auto freeze(X&& x) {
    return detail::changed<detail::frozen_whole>(std::forward<X>(x));
}
/// x with the named layers frozen. Names that it does not have are refused.
template <fixed_string First, fixed_string... Names, class X>
constexpr auto freeze(X&& x) {
    using verdict = detail::names_verdict<typename detail::net_in<std::remove_cvref_t<X>>::type, First, Names...>;
    static_cast<void>(asserted<verdict>{});
    if constexpr (verdict::value.ok)
        return detail::changed<detail::by_name<First, Names...>::template frozen>(std::forward<X>(x));
    else return refused{};
}
/// x with every layer frozen but the last one.
template <class X>
constexpr auto freeze_all_but_last(X&& x) {
    return detail::changed<detail::frozen_but_last>(std::forward<X>(x));
}
/// x with nothing frozen, nested models included. Keras: `trainable = True`.
template <class X>
constexpr auto unfreeze(X&& x) {
    return detail::changed<detail::unfrozen_whole>(std::forward<X>(x));
}
/// x with the named layers no longer frozen.
template <fixed_string First, fixed_string... Names, class X>
constexpr auto unfreeze(X&& x) {
    using verdict = detail::names_verdict<typename detail::net_in<std::remove_cvref_t<X>>::type, First, Names...>;
    static_cast<void>(asserted<verdict>{});
    if constexpr (verdict::value.ok)
        return detail::changed<detail::by_name<First, Names...>::template unfrozen>(std::forward<X>(x));
    else return refused{};
}

}  // namespace strata
