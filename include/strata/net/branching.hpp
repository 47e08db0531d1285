// branching: what layers of several paths from one input have in common; branch<...>, one of their paths.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/fixed_string.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/net/checks.hpp>
#include <strata/net/item_list_ops.hpp>
#include <strata/net/merge.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// One path of a branching layer, such as Concatenate<branch<...>, branch<...>>. branch<> is the input itself.
template <class... Layers>
struct branch {
    constexpr branch() = default;
    constexpr explicit branch(Layers...)
        requires(sizeof...(Layers) > 0)
    {}
};

template <class... Layers>
branch(Layers...) -> branch<Layers...>;

/// The other path of a Residual, among its layers and options.
template <class... Layers>
struct shortcut {
    constexpr shortcut() = default;
    constexpr explicit shortcut(Layers...)
        requires(sizeof...(Layers) > 0)
    {}
};

template <class... Layers>
shortcut(Layers...) -> shortcut<Layers...>;

namespace detail {

/// An item of a branching layer that is a path: branch<...> or shortcut<...>.
template <class Item>
struct path_traits {
    static constexpr bool is_path = false, is_shortcut = false;
    using layers = type_list<>;
};
template <class... Layers>
struct path_traits<branch<Layers...>> {
    static constexpr bool is_path = true, is_shortcut = false;
    using layers = type_list<Layers...>;
};
template <class... Layers>
struct path_traits<shortcut<Layers...>> {
    static constexpr bool is_path = true, is_shortcut = true;
    using layers = type_list<Layers...>;
};
template <class Item>
concept path_item = path_traits<Item>::is_path;

/// The layers that an item stands for: those of a path, or the item itself.
template <class Item>
struct items_of {
    using type = type_list<Item>;
};
template <path_item Item>
struct items_of<Item> {
    using type = typename path_traits<Item>::layers;
};

/// How many numbers an item takes in layers_of, and in the flattened list.
template <class Item>
struct item_size {
    static constexpr std::size_t layers = kind_of_item<Item>() == item_kind::layer ? 1 : 0;
    static constexpr std::size_t flat = [] {
        if constexpr (layers == 1) return flattened<Item>::type::size();
        else return std::size_t{0};
    }();
};
template <template <class...> class Path, class... Layers>
    requires path_item<Path<Layers...>>
struct item_size<Path<Layers...>> {
    static constexpr std::size_t layers = sizeof...(Layers);
    static constexpr std::size_t flat = (std::size_t{0} + ... + item_size<Layers>::flat);
};

/// The first number of each item: a shortcut's layers come after all others.
template <class... Items>
constexpr auto item_begins(const std::array<std::size_t, sizeof...(Items)>& sizes, std::size_t begin) {
    constexpr std::array<bool, sizeof...(Items)> is_shortcut{path_traits<Items>::is_shortcut...};
    std::array<std::size_t, sizeof...(Items)> begins{};
    for (const bool shortcuts : {false, true})
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            if (is_shortcut[i] != shortcuts) continue;
            begins[i] = begin;
            begin += sizes[i];
        }
    return begins;
}

template <class... Items>
constexpr std::size_t count_of_kind_in(item_kind kind, type_list<Items...>) {
    return count_of_kind<Items...>(kind);
}

/// The shape at the end of each path, for an input of shape `in`.
template <class... Paths>
constexpr std::array<shape, sizeof...(Paths)> path_outputs(const shape& in, type_list<Paths...>) {
    return {infer_shapes(in, Paths{}).back()...};
}
template <class... Paths>
constexpr std::size_t path_flops(const shape& in, type_list<Paths...>) {
    return (std::size_t{0} + ... + total_flops(in, Paths{}));
}

template <class... Paths>
auto layers_of_paths(type_list<Paths...>) -> type_list<typename layers_in<Paths>::type...>;

/// The base of a branching layer. Merge makes one value of the ends of its paths, which are lists of items; Items are
/// its items without the paths around their layers, in the order of layers_of.
template <class Self, class Merge, class Paths, class Items>
struct branching_layer : layer<Self> {
    using merge = Merge;
    using paths = decltype(layers_of_paths(Paths{}));
    using item_list = Items;
    static constexpr std::array path_sizes = []<class... Each>(type_list<Each...>) {
        return std::array<std::size_t, sizeof...(Each)>{Each::size()...};
    }(paths{});

    /// The layers on the paths and the shapes at their ends.
    static constexpr diagnostic check_paths(const shape& in) {
        diagnostic found = check_names<Self>();
        if (found.ok) found = check_layers<Self>(in, layers_of<Self>{});
        return found.ok ? Merge::check_inputs(path_outputs(in, paths{})) : found;
    }
    static constexpr shape output(const shape& in) { return Merge::merged_shape(path_outputs(in, paths{})); }
    static constexpr std::size_t flops(const shape& in) {
        return path_flops(in, paths{}) + Merge::merge_flops(path_outputs(in, paths{}));
    }
    /// The descriptor of a layer on a path, by its name.
    template <fixed_string Name>
    static constexpr auto get_layer() {
        using checked = layer_check<Self, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return type_at<checked::index, layers_of<Self>>{};
        else return refused{};
    }
};

template <class... Items>
using paths_among =
    concat_types<std::conditional_t<path_item<Items>, type_list<typename path_traits<Items>::layers>, type_list<>>...>;

/// The base of Concatenate, Add and the others: two or more branch<...>.
template <class Self, class Merge, class... Items>
struct merging_layer
    : branching_layer<Self, Merge, paths_among<Items...>, concat_types<typename items_of<Items>::type...>> {
    using options = options_among<Items...>;

    static constexpr diagnostic check(const shape& in) {
        constexpr std::size_t branches = (std::size_t{0} + ... + (path_item<Items> ? 1 : 0));
        constexpr bool is_known = ((path_item<Items> || kind_of_item<Items>() == item_kind::option) && ...);
        constexpr bool has_shortcut = (path_traits<Items>::is_shortcut || ...);
        constexpr bool are_layers =
            count_of_kind_in(item_kind::layer, concat_types<typename path_traits<Items>::layers...>{}) ==
            concat_types<typename path_traits<Items>::layers...>::size();
        const text<200> spelling = text<200>("write ") << Self::type << "<branch<layers...>, branch<layers...>>";
        if (!is_known || has_shortcut)
            return refuse("branch<layers...>, name<\"...\">, frozen", "something else", spelling.view());
        if (!are_layers) return refuse("layers in each branch<...>", "something else", spelling.view());
        if (branches < 2 || (Merge::is_binary && branches != 2))
            return refuse(Merge::is_binary ? "two branches" : "two branches or more", text<64>() << branches,
                          spelling.view());
        return Self::check_paths(in);
    }
};

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
