// The pass that names layers: what the user gave, else Keras' default name of the class, counted per model.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/string_table.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

using layer_name = text<64>;

/// `dense`, `dense_1`, ...; a default name that a user's name has taken is passed over.
template <std::size_t Count>
constexpr std::array<layer_name, Count> assign_names(const std::array<std::string_view, Count>& given,
                                                     const std::array<std::string_view, Count>& types) {
    std::array<layer_name, Count> names{}, bases{};
    string_table<Count> taken, classes;
    std::array<std::size_t, Count> numbers{};  // of each class at its first place, how many were named
    for (std::size_t i = 0; i < Count; ++i) {
        if (given[i].empty()) continue;
        names[i] = given[i];
        static_cast<void>(taken.first_place(names[i], i));
    }
    for (std::size_t i = 0; i < Count; ++i) {
        if (!given[i].empty()) continue;
        const std::size_t first = classes.first_place(types[i], i);
        if (first == i) bases[i] = snake_case(types[i]);
        std::size_t number = numbers[first]++;
        do {
            names[i] = bases[first];
            if (number > 0) names[i] << "_" << number;
            ++number;
        } while (taken.first_place(names[i], i) != i);
    }
    return names;
}

namespace detail {

template <class... Layers>
constexpr auto layer_names(type_list<Layers...>) {
    return assign_names(std::array<std::string_view, sizeof...(Layers)>{given_name<Layers>()...},
                        std::array<std::string_view, sizeof...(Layers)>{Layers::type...});
}

}  // namespace detail

/// The names of a net's layers, in order.
template <class Net>
inline constexpr auto names_of = detail::layer_names(layers_of<Net>{});

}  // namespace strata::inline STRATA_ISA
