// Residual: layers beside a shortcut, whose outputs are added.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

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

/// An item of a Residual by the path that it stands on.
template <class Item>
struct on_paths {
    using main = type_list<Item>;
    using side = type_list<>;
    static constexpr bool is_shortcut = false;
};
template <class... Layers>
struct on_paths<shortcut<Layers...>> {
    using main = type_list<>;
    using side = type_list<Layers...>;
    static constexpr bool is_shortcut = true;
};

/// How many numbers an item takes, and those inside a shortcut<...>, where items come in the order of layers_of.
template <class Item>
struct item_size {
    static constexpr std::size_t layers = kind_of_item<Item>() == item_kind::layer ? 1 : 0;
    static constexpr std::size_t flat = [] {
        if constexpr (layers == 1) return flattened<Item>::type::size();
        else return std::size_t{0};
    }();
};
template <class... Layers>
struct item_size<shortcut<Layers...>> {
    static constexpr std::size_t layers = sizeof...(Layers);
    static constexpr std::size_t flat = (std::size_t{0} + ... + item_size<Layers>::flat);
};

/// The first number of each item: a shortcut's stand behind all others.
template <class... Items>
constexpr auto item_begins(const std::array<std::size_t, sizeof...(Items)>& sizes, std::size_t begin) {
    constexpr std::array<bool, sizeof...(Items)> behind{on_paths<Items>::is_shortcut...};
    std::array<std::size_t, sizeof...(Items)> begins{};
    for (const bool shortcuts : {false, true})
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            if (behind[i] != shortcuts) continue;
            begins[i] = begin;
            begin += sizes[i];
        }
    return begins;
}

template <class... Items>
constexpr std::size_t count_of_kind_in(item_kind kind, type_list<Items...>) {
    return count_of_kind<Items...>(kind);
}

}  // namespace detail

/// (...) -> what its layers make of it, plus what the layers of its shortcut<...> make of it, or the input itself where
/// it has none. Weights: those of the layers, then those of the shortcut. Keras: `Add` of two paths. He et al. 2016.
template <class... Layers>
struct Residual : layer<Residual<Layers...>> {
    using options = detail::options_among<Layers...>;
    using main_items = concat_types<typename detail::on_paths<Layers>::main...>;
    using side_path = concat_types<typename detail::on_paths<Layers>::side...>;
    using item_list = concat_types<main_items, side_path>;
    using main_path = typename detail::layers_in<main_items>::type;
    static constexpr std::size_t main_path_size = main_path::size();
    /// Whether the shortcut is written in front of all layers: Keras' `Add()([shortcut, layers])`.
    static constexpr bool shortcut_is_first = [] {
        constexpr std::array is_shortcut{detail::on_paths<Layers>::is_shortcut..., false};
        constexpr std::array kinds{detail::kind_of_item<Layers>()..., detail::item_kind::layer};
        std::size_t i = 0;
        while (!is_shortcut[i] && kinds[i] != detail::item_kind::layer) ++i;
        return is_shortcut[i];
    }();
    using join = detail::add_merge;

    constexpr Residual() = default;
    constexpr explicit Residual(Layers...)
        requires(sizeof...(Layers) > 0)
    {}

    static constexpr std::string_view type = "Residual";

    static constexpr diagnostic check(const shape& in) {
        constexpr std::size_t shortcuts = (std::size_t{0} + ... + (detail::on_paths<Layers>::is_shortcut ? 1 : 0));
        constexpr std::size_t others = detail::count_of_kind_in(detail::item_kind::other, main_items{}) +
                                       detail::count_of_kind_in(detail::item_kind::input, main_items{});
        constexpr bool has_layers =
            main_path_size > 0 && detail::count_of_kind_in(detail::item_kind::layer, side_path{}) == side_path::size();
        if (others > 0)
            return refuse("layers, shortcut<layers...>, name<\"...\">, frozen", "something else",
                          "give it the layer contract, or leave it out");
        if (shortcuts > 1)
            return refuse("one shortcut<layers...>", text<64>() << shortcuts << " of them",
                          "put all its layers into one");
        if (!has_layers)
            return refuse("layers, and layers alone on its shortcut", "none, or something else",
                          "write Residual<layers..., shortcut<layers...>>");
        diagnostic paths = detail::check_names<Residual>();
        if (paths.ok) paths = detail::check_layers<Residual>(in, layers_of<Residual>{});
        if (!paths.ok) return paths;
        const shape main = output(in), side = detail::infer_shapes(in, side_path{}).back();
        if (main == side) return {};
        return refuse(to_text(main) << " from its shortcut too", to_text(side),
                      "keep the shape, or write shortcut<Conv2D<filters, 1>>");
    }
    /// The descriptor of a layer on either path, by its name.
    template <fixed_string Name>
    static constexpr auto get_layer() {
        using checked = detail::layer_check<Residual, Name>;
        static_cast<void>(require<checked>{});
        if constexpr (checked::value.ok) return type_at<checked::index, layers_of<Residual>>{};
        else return refused{};
    }

    static constexpr shape output(const shape& in) { return detail::infer_shapes(in, main_path{}).back(); }
    static constexpr std::size_t flops(const shape& in) {
        return detail::total_flops(in, main_path{}) + detail::total_flops(in, side_path{}) + join::flops(output(in));
    }
};

template <class... Layers>
Residual(Layers...) -> Residual<Layers...>;

}  // namespace strata::inline STRATA_ISA
