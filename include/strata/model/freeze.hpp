// freeze, unfreeze: the same net or model with other layers frozen, as another type.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/type_list.hpp>
#include <strata/model/checks.hpp>
#include <strata/model/model.hpp>
#include <strata/model/trainability.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Whether a net has the layer at a path, of which the first `from` characters lead to it.
template <class Net, class... Layers>
constexpr diagnostic check_path(std::string_view path, std::size_t from, type_list<Layers...>) {
    const std::string_view name = path.substr(from);
    for (const layer_name& own : names_of<Net>)
        if (own == name) return {};
    diagnostic found = no_layer<Net>(name, path.substr(0, from));
    std::size_t index = 0;
    [[maybe_unused]] const auto look_into = [&]<class Layer>(const Layer*) {
        const std::string_view own = names_of<Net>[index++];
        if constexpr (composite<Layer>)
            if (leads_into(name, own)) found = check_path<Layer>(path, from + own.size() + 1, layers_of<Layer>{});
    };
    evaluate_in_order{0, (look_into(static_cast<const Layers*>(nullptr)), 0)...};
    return found;
}

template <class Net, fixed_string... Names>
struct names_check {
    static constexpr diagnostic value = [] {
        diagnostic found;
        const auto accept = [&](const diagnostic& each) {
            found = each;
            return each.ok;
        };
        static_cast<void>((accept(check_path<Net>(Names.view(), 0, layers_of<Net>{})) && ...));
        if (!found.ok) found.at = "freeze, unfreeze";
        return found;
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
using frozen_but_last = set_frozen_in<Net, true, all_but_last>;
template <fixed_string... Names>
struct by_name {
    template <class Net>
    using frozen = set_frozen_in<Net, true, layers_at<0, layer_path<Names>...>>;
    template <class Net>
    using unfrozen = set_frozen_in<Net, false, layers_at<0, layer_path<Names>...>>;
};

}  // namespace detail

/// The net, layer or model x with all of its weights frozen. The result is of another type: no backward code is made
/// for it. Keras: `trainable = False`.
template <class X>
STRATA_RESULT constexpr auto freeze(X&& x) {
    return detail::changed<detail::frozen_whole>(std::forward<X>(x));
}
/// x with the named layers frozen. A layer inside another one, a Residual or a nested model, has its path for a name,
/// as in `weights()`: `block/conv2d`. Names that x does not have are refused.
template <fixed_string First, fixed_string... Names, class X>
STRATA_RESULT constexpr auto freeze(X&& x) {
    using checked = detail::names_check<typename detail::net_in<std::remove_cvref_t<X>>::type, First, Names...>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok)
        return detail::changed<detail::by_name<First, Names...>::template frozen>(std::forward<X>(x));
    else return refused{};
}
/// x with every layer frozen but the last one. Keras: `for layer in model.layers[:-1]: layer.trainable = False`.
template <class X>
STRATA_RESULT constexpr auto freeze_all_but_last(X&& x) {
    return detail::changed<detail::frozen_but_last>(std::forward<X>(x));
}
/// x with nothing frozen, nested models included. Keras: `trainable = True`.
template <class X>
STRATA_RESULT constexpr auto unfreeze(X&& x) {
    return detail::changed<detail::unfrozen_whole>(std::forward<X>(x));
}
/// x with the named layers no longer frozen, even where what they are in is frozen as a whole; the rest of it stays so.
template <fixed_string First, fixed_string... Names, class X>
STRATA_RESULT constexpr auto unfreeze(X&& x) {
    using checked = detail::names_check<typename detail::net_in<std::remove_cvref_t<X>>::type, First, Names...>;
    static_cast<void>(require<checked>{});
    if constexpr (checked::value.ok)
        return detail::changed<detail::by_name<First, Names...>::template unfrozen>(std::forward<X>(x));
    else return refused{};
}

}  // namespace strata::inline STRATA_ISA
