// net_outline: the layers of a net and what they consist of as constant data, for code that is no template of the net.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/layers/config_of.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

struct net_outline;

/// A layer of a net as constant data. `inner` is null for a layer that does not consist of others.
struct layer_outline {
    std::string_view type{};
    bool is_named = false;
    const net_outline* inner = nullptr;
    const layer_config* config = nullptr;  // of a single layer
};

/// A net, or a layer that consists of others, as constant data. The tables have one row for each of its layers.
struct net_outline {
    const layer_outline* layers = nullptr;
    const layer_name* names = nullptr;
    std::size_t count = 0;
    std::span<const std::size_t> path_begins{};  // of a branching layer
    bool is_branching = false;
    bool is_functional = false;
    bool is_ordered = false;
    std::size_t order = 0;
    const layer_config* merge = nullptr;  // of the merge node of a branching layer
};

namespace detail {

template <class Net>
struct outline_maker {
    template <class Layer>
    static constexpr const net_outline* inner() {
        if constexpr (composite<Layer>) return &outline_maker<Layer>::value;
        else return nullptr;
    }
    template <class Layer>
    static constexpr const layer_config* config() {
        if constexpr (composite<Layer>) return nullptr;
        else return &config_of<Layer>;
    }
    template <class... Layers>
    static constexpr auto rows(type_list<Layers...>) {
        return std::array<layer_outline, sizeof...(Layers) + 1>{
            layer_outline{Layers::type, Layers::options::template has<name<"">>, inner<Layers>(), config<Layers>()}...,
            layer_outline{}};
    }
    static constexpr auto begins() {
        if constexpr (branching<Net>) return path_begins<Net>();
        else return std::array<std::size_t, 1>{};
    }
    static constexpr net_outline make() {
        net_outline result{.layers = layers.data(),
                           .names = names_of<Net>.data(),
                           .count = layers.size() - 1,
                           .is_functional = is_functional_net<Net>};
        if constexpr (branching<Net>) {
            result.is_branching = true;
            result.merge = &config_of<typename Net::merge>;
            result.path_begins = begin_of_paths;
            result.is_ordered = !Net::merge::is_commutative;
            if constexpr (requires { Net::last_path_is_first_input; })
                result.order = Net::last_path_is_first_input ? 1 : 0;
        }
        return result;
    }

    static constexpr auto layers = rows(layers_of<Net>{});
    static constexpr auto begin_of_paths = begins();
    static constexpr net_outline value = make();
};

}  // namespace detail

/// The outline of a net. Data, not code: every program that trains has it, and few of them write files.
template <class Net>
inline constexpr const net_outline* outline_of = &detail::outline_maker<Net>::value;

}  // namespace strata::inline STRATA_ISA
