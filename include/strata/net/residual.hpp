// Residual: layers beside a shortcut, whose outputs are added.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/net/add.hpp>
#include <strata/net/branching.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The items of a Residual by the path that they stand on.
template <class... Items>
using main_items = concat_types<std::conditional_t<path_item<Items>, type_list<>, type_list<Items>>...>;
template <class... Items>
using side_path = concat_types<typename path_traits<Items>::layers...>;
template <class... Items>
using main_path = typename layers_in<main_items<Items...>>::type;

/// The sum at the end of a Residual, whose paths keep one shape.
struct residual_merge : add_merge {
    static constexpr diagnostic check_inputs(const std::array<shape, 2>& inputs) {
        if (inputs[0] == inputs[1]) return {};
        return refuse(to_text(inputs[0]) << " from its shortcut too", to_text(inputs[1]),
                      "keep the shape, or write shortcut<Conv2D<filters, 1>>");
    }
};

}  // namespace detail

/// (...) -> what its layers make of it, plus what the layers of its shortcut<...> make of it, or the input itself where
/// it has none. Weights: those of the layers, then those of the shortcut. Keras: `Add` of two paths. He et al. 2016.
template <class... Layers>
struct Residual : detail::branching_layer<Residual<Layers...>, detail::residual_merge,
                                          type_list<detail::main_path<Layers...>, detail::side_path<Layers...>>,
                                          concat_types<detail::main_items<Layers...>, detail::side_path<Layers...>>> {
    using options = detail::options_among<Layers...>;
    /// Its layers may not all go.
    static constexpr bool keeps_first_path = true;
    /// Whether the shortcut is written before all layers: Keras' `Add()([shortcut, layers])`.
    static constexpr bool last_path_is_first_input = [] {
        constexpr std::array is_shortcut{detail::path_traits<Layers>::is_shortcut..., false};
        constexpr std::array kinds{detail::kind_of_item<Layers>()..., detail::item_kind::layer};
        std::size_t i = 0;
        while (!is_shortcut[i] && kinds[i] != detail::item_kind::layer) ++i;
        return is_shortcut[i];
    }();

    constexpr Residual() = default;
    constexpr explicit Residual(Layers...)
        requires(sizeof...(Layers) > 0)
    {}

    static constexpr std::string_view type = "Residual";

    static constexpr diagnostic check(const shape& in) {
        using detail::item_kind;
        constexpr std::size_t shortcuts = (std::size_t{0} + ... + (detail::path_traits<Layers>::is_shortcut ? 1 : 0));
        constexpr bool has_branch = ((detail::path_item<Layers> && !detail::path_traits<Layers>::is_shortcut) || ...);
        using side = detail::side_path<Layers...>;
        constexpr std::size_t others = detail::count_of_kind_in(item_kind::other, detail::main_items<Layers...>{}) +
                                       detail::count_of_kind_in(item_kind::input, detail::main_items<Layers...>{});
        constexpr bool has_layers = detail::main_path<Layers...>::size() > 0 &&
                                    detail::count_of_kind_in(item_kind::layer, side{}) == side::size();
        if (others > 0 || has_branch)
            return refuse("layers, shortcut<layers...>, name<\"...\">, frozen", "something else",
                          "give it the layer contract, or leave it out");
        if (shortcuts > 1)
            return refuse("one shortcut<layers...>", text<64>() << shortcuts << " of them",
                          "put all its layers into one");
        if (!has_layers)
            return refuse("layers, and layers alone on its shortcut", "none, or something else",
                          "write Residual<layers..., shortcut<layers...>>");
        return Residual::check_paths(in);
    }
};

template <class... Layers>
Residual(Layers...) -> Residual<Layers...>;

}  // namespace strata::inline STRATA_ISA
