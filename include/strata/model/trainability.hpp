// frozen: what a net or layer becomes with some of its layers frozen or no longer frozen.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/net/branching.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// A layer around another one, whose weights are that layer's: TimeDistributed, Bidirectional. It says what it is
/// around another layer.
template <class Layer>
concept wrapper = requires { typename Layer::template with_wrapped<typename Layer::wrapped>; };

template <class Layer>
constexpr bool wraps_frozen() {
    if constexpr (!wrapper<Layer>) return false;
    else return Layer::wrapped::options::template has<frozen> || wraps_frozen<typename Layer::wrapped>();
}

template <class Item, bool Frozen>
struct set_frozen;

/// Whether a path leads to a layer inside the one of that name.
constexpr bool leads_into(std::string_view path, std::string_view name) {
    return path.size() > name.size() && path.starts_with(name) && path[name.size()] == '/';
}

}  // namespace detail

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
/// A layer around one that was written with it: which weights are trained is the inner layer's word.
template <class Layer>
    requires(detail::wraps_frozen<Layer>())
struct unfrozen_layer<Layer> : Layer {
    using options = typename Layer::options::template without<frozen>;
    using wrapped = typename detail::set_frozen<typename Layer::wrapped, false>::type;

    static constexpr parameter_table parameters(const shape& in) {
        return Layer::template with_wrapped<wrapped>::parameters(in);
    }
};

/// A net that is a type of its own, such as an application, frozen as a whole.
template <class Net>
struct frozen_net : detail::net_interface<frozen_net<Net>> {
    using item_list = concat_types<type_list<frozen>, typename Net::item_list>;
    using options = typename Net::options::template with<frozen>;
    template <class... Others>
    using with_items = typename Net::template with_items<Others...>;
    static constexpr bool is_named = true;
    static constexpr bool is_functional = detail::is_functional_net<Net>;

    static constexpr std::string_view type = Net::type;
};

namespace detail {

/// Whether a layer is trained does not change what it computes.
template <class Layer>
struct unnamed_layer<frozen_layer<Layer>> : unnamed_layer<Layer> {};
template <class Layer>
    requires(!wraps_frozen<Layer>())
struct unnamed_layer<unfrozen_layer<Layer>> : unnamed_layer<Layer> {};

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
    requires(!composite<Layer> && (Layer::options::template has<frozen> || wraps_frozen<Layer>()))
struct set_frozen<Layer, false> {
    using type = unfrozen_layer<Layer>;
};
template <class Layer>
struct set_frozen<frozen_layer<Layer>, false> : set_frozen<Layer, false> {};
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
template <template <class...> class Path, class... Layers>
    requires path_item<Path<Layers...>>
struct set_frozen<Path<Layers...>, false> {
    using type = Path<typename set_frozen<Layers, false>::type...>;
};

template <fixed_string Path>
struct layer_path {
    static constexpr std::string_view value = Path.view();
};

/// The layers at these paths, `block/conv2d`, whose first From characters lead to the net in question.
template <std::size_t From, class... Paths>
struct layers_at {
    /// Whether each layer of a net is one of them.
    template <class Net>
    static constexpr auto whole = [] {
        std::array<bool, names_of<Net>.size()> mask{};
        for (std::size_t i = 0; i < mask.size(); ++i)
            mask[i] = ((Paths::value.substr(From) == names_of<Net>[i]) || ...);
        return mask;
    }();

    /// Those inside layer number Layer of a net; void where there are none.
    template <class Net, std::size_t Layer>
    struct inside {
        static constexpr std::array lead{leads_into(Paths::value.substr(From), names_of<Net>[Layer])...};
        static constexpr auto indices = [] {
            std::array<std::size_t, std::count(lead.begin(), lead.end(), true)> result{};
            for (std::size_t i = 0, next = 0; i < lead.size(); ++i)
                if (lead[i]) result[next++] = i;
            return result;
        }();
        template <class... Kept>
        static layers_at<From + names_of<Net>[Layer].size() + 1, Kept...> make(type_list<Kept...>);
        static void make(type_list<>);
        using type = decltype(make(select_types<type_list<Paths...>, indices>{}));
    };
};

/// All layers of a net but its last one.
struct all_but_last {
    template <class Net>
    static constexpr auto whole = [] {
        std::array<bool, names_of<Net>.size()> mask{};
        for (std::size_t i = 0; i + 1 < mask.size(); ++i) mask[i] = true;
        return mask;
    }();
    template <class, std::size_t>
    struct inside {
        using type = void;
    };
};

template <class Net, bool Frozen, class Choice>
struct set_frozen_in;

/// An item of a net, whose first layer has the number Place there. What is not chosen of a net that was frozen as a
/// whole is frozen by itself, where others no longer are.
template <class Net, bool Frozen, class Choice, class Item, std::size_t Place>
struct chosen_item {
    static constexpr bool is_rest_frozen = !Frozen && Net::options::template has<frozen>;
    static auto make() {
        if constexpr (kind_of_item<Item>() != item_kind::layer) {
            return std::type_identity<Item>{};
        } else if constexpr (Choice::template whole<Net>[Place]) {
            return set_frozen<Item, Frozen>{};
        } else {
            using rest =
                typename std::conditional_t<is_rest_frozen, set_frozen<Item, true>, std::type_identity<Item>>::type;
            if constexpr (!composite<Item>) {
                return std::type_identity<rest>{};
            } else {
                using inside = typename Choice::template inside<Net, Place>::type;
                if constexpr (std::is_void_v<inside>) return std::type_identity<rest>{};
                else return set_frozen_in<rest, Frozen, inside>{};
            }
        }
    }
    using type = typename decltype(make())::type;
};
template <class Net, bool Frozen, class Choice, template <class...> class Path, class... Layers, std::size_t Place>
    requires path_item<Path<Layers...>>
struct chosen_item<Net, Frozen, Choice, Path<Layers...>, Place> {
    template <std::size_t... I>
    static auto make(std::index_sequence<I...>)
        -> Path<typename chosen_item<Net, Frozen, Choice, Layers, Place + I>::type...>;
    using type = decltype(make(std::index_sequence_for<Layers...>{}));
};

/// The options of a net some of whose layers are frozen or no longer frozen.
template <class Net, bool Frozen>
struct options_in {
    using type = typename Net::options;
};
template <class Net>
struct options_in<Net, false> {
    using type = typename Net::options::template without<frozen>;
};

/// The items of a net, the chosen layers among them frozen or not.
template <class Net, bool Frozen, class Choice, class Items>
struct chosen_items;
template <class Net, bool Frozen, class Choice, class... Items>
struct chosen_items<Net, Frozen, Choice, type_list<Items...>> {
    static constexpr auto begins = item_begins<Items...>({item_size<Items>::layers...}, 0);
    template <std::size_t... I>
    static auto make(std::index_sequence<I...>)
        -> type_list<typename chosen_item<Net, Frozen, Choice, Items, begins[I]>::type...>;
    using all = decltype(make(std::index_sequence_for<Items...>{}));
    using type = typename std::conditional_t<Frozen, std::type_identity<all>, without_frozen_option<all>>::type;
};

}  // namespace detail

/// A net that is a type of its own, some of whose layers are frozen or no longer frozen.
template <class Net, bool Frozen, class Choice>
struct partly_frozen_net : detail::net_interface<partly_frozen_net<Net, Frozen, Choice>> {
    using item_list = typename detail::chosen_items<Net, Frozen, Choice, typename Net::item_list>::type;
    using options = typename detail::options_in<Net, Frozen>::type;
    template <class... Others>
    using with_items = typename Net::template with_items<Others...>;
    static constexpr bool is_named = true;
    static constexpr bool is_functional = detail::is_functional_net<Net>;

    static constexpr std::string_view type = Net::type;
};

namespace detail {

template <class Net, bool Was, class Choice>
struct set_frozen<partly_frozen_net<Net, Was, Choice>, true> : set_frozen<Net, true> {};
template <class Net, bool Was, class Choice>
struct set_frozen<partly_frozen_net<Net, Was, Choice>, false> : set_frozen<Net, false> {};

/// A net with the layers of a choice frozen (or not), the others as they are.
template <class Net, bool Frozen, class Choice>
struct set_frozen_in : as_net<Net, typename chosen_items<Net, Frozen, Choice, typename Net::item_list>::type> {};
template <named_net Net, bool Frozen, class Choice>
struct set_frozen_in<Net, Frozen, Choice> {
    using type = partly_frozen_net<Net, Frozen, Choice>;
};
template <template <class...> class Group, class... Items, bool Frozen, class Choice>
    requires branching<Group<Items...>>
struct set_frozen_in<Group<Items...>, Frozen, Choice> {
    template <class... Kept>
    static Group<Kept...> make(type_list<Kept...>);
    using type = decltype(make(typename chosen_items<Group<Items...>, Frozen, Choice, type_list<Items...>>::type{}));
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
