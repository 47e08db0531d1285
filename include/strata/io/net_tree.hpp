// net_tree: a net or layer as files see it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
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

/// A net or layer as files see it: of a layer its number in the flattened list, of what consists of layers those. Those
/// of a branching layer are its paths, one after the other; `path_begins` has where each begins and the last ends.
struct net_tree {
    std::string type;
    std::string name;
    bool is_named = false;  // by the user, not by default
    bool is_composite = false;
    bool is_branching = false;
    bool is_functional = false;
    bool is_ordered = false;  // the order of its paths changes its value
    std::size_t order = 0;    // of its paths as inputs of its merge layer in Keras, see ordered_paths
    std::vector<std::size_t> path_begins{};
    std::size_t number = 0;
    std::size_t branching_number = 0;  // of a branching layer its number among all
    std::vector<net_tree> layers{};
};

/// Stands for any layer that does not consist of others.
struct single_layer {};

/// Fills in what a net or layer consists of, nothing for a single layer; `next` is the number of the next layer of the
/// flattened list. One loop over tables: code for every layer of a large net would cost more.
template <class Net>
void grow_tree(net_tree& tree, std::size_t& next) {
    if constexpr (!detail::composite<Net>) {
        tree.number = next++;
    } else {
        tree.is_composite = true;
        tree.is_functional = detail::is_functional_net<Net>;
        if constexpr (detail::branching<Net>) {
            constexpr auto begins = detail::path_begins<Net>();
            tree.is_branching = true;
            tree.is_ordered = !Net::merge::is_commutative;
            tree.path_begins.assign(begins.begin(), begins.end());
            if constexpr (requires { Net::last_path_is_first_input; })
                tree.order = Net::last_path_is_first_input ? 1 : 0;
        }
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
        if constexpr (detail::branching<Net>) ++next;  // the merge layer
    }
}

/// Order number `order` of so many paths, in lexicographic order: 0 is as they are written, 1 of two paths the other
/// way.
template <class = internal::where_used>
std::vector<std::size_t> ordered_paths(std::size_t count, std::size_t order) {
    std::vector<std::size_t> paths(count);
    std::iota(paths.begin(), paths.end(), std::size_t{0});
    for (; order > 0; --order) std::next_permutation(paths.begin(), paths.end());
    return paths;
}
/// How many orders of the paths are tried: all of up to four paths, where the order does not change the value.
template <class = internal::where_used>
std::size_t order_count(const net_tree& tree) {
    if (tree.is_ordered) return 1;
    std::size_t count = 1;
    for (std::size_t k = 2; k < tree.path_begins.size(); ++k) count *= k;
    return tree.path_begins.size() > 5 ? 1 : count;
}

/// Numbers the branching layers; appends for each the order of its paths as written.
template <class = internal::where_used>
void number_branchings(net_tree& tree, std::vector<std::size_t>& orders) {
    if (tree.is_branching) {
        tree.branching_number = orders.size();
        orders.push_back(tree.order);
    }
    for (net_tree& layer : tree.layers) number_branchings(layer, orders);
}

}  // namespace strata::inline STRATA_ISA::io
