// net_tree: a net or layer as files see it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>
#include <strata/layers/config_of.hpp>
#include <strata/model/net_outline.hpp>

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
    std::size_t branching_number = 0;      // of a branching layer its number among all
    const layer_config* config = nullptr;  // of a layer, or of the merge node of a branching layer
    std::vector<net_tree> layers{};
};

/// Fills in what a net or layer consists of, nothing for a single layer; `next` is the number of the next layer of the
/// flattened list.
template <class = internal::where_used>
void grow_tree(net_tree& tree, const net_outline* outline, std::size_t& next) {
    if (outline == nullptr) {
        tree.number = next++;
        return;
    }
    tree.is_composite = true;
    tree.is_functional = outline->is_functional;
    tree.is_branching = outline->is_branching;
    tree.is_ordered = outline->is_ordered;
    tree.order = outline->order;
    tree.config = outline->merge;
    tree.path_begins.assign(outline->path_begins.begin(), outline->path_begins.end());
    for (std::size_t i = 0; i < outline->count; ++i) {
        net_tree& layer = tree.layers.emplace_back();
        layer.type = outline->layers[i].type;
        layer.name = outline->names[i].view();
        layer.is_named = outline->layers[i].is_named;
        layer.config = outline->layers[i].config;
        grow_tree(layer, outline->layers[i].inner, next);
    }
    if (outline->is_branching) ++next;  // the merge layer
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
