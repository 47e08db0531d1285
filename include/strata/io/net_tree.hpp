// net_tree: the structure of a net for files.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/where_used.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA::io {

/// A net or layer: a single layer has its number in the flattened list, a composite one has its layers. The first
/// `main_count` layers of a Residual are one path, the others its shortcut.
struct net_tree {
    std::string type;
    std::string name;
    bool is_named = false;  // by the user, not by default
    bool is_composite = false;
    bool is_forked = false;
    bool is_functional = false;
    bool shortcut_first = false;
    std::size_t main_count = 0;
    std::size_t number = 0;
    std::size_t fork = 0;  // of a Residual its number among all
    std::vector<net_tree> layers{};
};

/// Stands for any layer that does not consist of others.
struct single_layer {};

/// Fills in the layers of a net or layer; `next` is the number of the next layer of the flattened list. It is one loop
/// over a table: code for each layer of a large net would cost the compiler more.
template <class Net>
void grow_tree(net_tree& tree, std::size_t& next) {
    if constexpr (!detail::composite<Net>) {
        tree.number = next++;
    } else {
        tree.is_composite = true;
        tree.is_forked = detail::branching<Net>;
        tree.is_functional = Net::type == "Functional";
        tree.main_count = detail::fork_of<Net>();
        if constexpr (detail::branching<Net>) tree.shortcut_first = Net::shortcut_is_first;
        const auto grow = [&]<class... Layers>(type_list<Layers...>) {
            struct row {
                std::string_view type{};
                bool is_named = false;
                void (*grow)(net_tree&, std::size_t&) = nullptr;
            };
            static constexpr std::array<row, sizeof...(Layers) + 1> rows{
                row{Layers::type, Layers::options::template has<name<"">>,
                    &grow_tree<std::conditional_t<detail::composite<Layers>, Layers, single_layer>>}...,
                row{}};
            for (std::size_t i = 0; i < sizeof...(Layers); ++i) {
                net_tree& layer = tree.layers.emplace_back();
                layer.type = rows[i].type;
                layer.name = names_of<Net>[i].view();
                layer.is_named = rows[i].is_named;
                rows[i].grow(layer, next);
            }
        };
        grow(layers_of<Net>{});
        if constexpr (detail::branching<Net>) ++next;  // the Add
    }
}

/// Numbers the Residuals; appends for each whether its shortcut is the first input of the Add, as written.
template <class = internal::where_used>
void number_forks(net_tree& tree, std::vector<bool>& shortcut_first) {
    if (tree.is_forked) {
        tree.fork = shortcut_first.size();
        shortcut_first.push_back(tree.shortcut_first);
    }
    for (net_tree& layer : tree.layers) number_forks(layer, shortcut_first);
}

template <class = internal::where_used>
bool has_forks(const net_tree& tree) {
    return tree.is_forked || std::any_of(tree.layers.begin(), tree.layers.end(), has_forks<>);
}

}  // namespace strata::inline STRATA_ISA::io
