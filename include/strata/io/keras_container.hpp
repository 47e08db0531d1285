// keras_container: the order and the names that Keras gives the layers of a net.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/net_tree.hpp>

namespace strata::inline STRATA_ISA::io {

/// Which branching layers' layers belong to the net around them: in Keras only a layer of the user's own can hold them,
/// a functional model has them itself.
enum class path_layers { stay, join_functional, join_all };

/// In which order Keras counts the layers of a container for their default names: as they stand in it, or as they were
/// created, path by path from the first to the last or from the last to the first.
enum class naming { by_position, first_path_first, last_path_first };

/// The layers of one container of Keras' in its order, which is by the distance to the output, then by the first visit
/// from there; each may be a container itself. `orders` has for each branching layer the order of its paths as
/// inputs of its merge layer.
template <class = internal::where_used>
class basic_keras_container {
public:
    basic_keras_container(const net_tree& tree, path_layers paths, const std::vector<std::size_t>& orders,
                          naming names = naming::by_position)
        : paths_(paths), naming_(names), orders_(orders) {
        const std::size_t out = append(tree, outside, true);
        if (names != naming::by_position) name_layers();
        if (out != outside && has_branches_) sort_from(out);
        if (names == naming::by_position) name_layers();
    }

    struct layer {
        const net_tree* tree = nullptr;  // null for a merge layer
        std::vector<std::size_t> inputs{};
        std::size_t depth = 0, visit = 0;
        std::string name{};
    };
    /// Those that are layers of a net, in order.
    std::vector<const layer*> layers() const {
        std::vector<const layer*> result;
        for (const layer& each : layers_)
            if (each.tree != nullptr) result.push_back(&each);
        return result;
    }
    bool has_branches() const { return has_branches_; }

private:
    static constexpr std::size_t outside = static_cast<std::size_t>(-1);

    /// Appends a path, or what a container holds; gives the number of the layer whose output it is.
    std::size_t append(const net_tree& tree, std::size_t from, bool is_own) {
        if (!(is_own || (tree.is_branching && joins_))) {
            layers_.push_back({.tree = &tree, .inputs = {from}});
            return layers_.size() - 1;
        }
        if (is_own)
            joins_ = paths_ == path_layers::join_all || (paths_ == path_layers::join_functional && tree.is_functional);
        if (!tree.is_branching || is_own) return append_path(tree, 0, tree.layers.size(), from);
        const std::size_t count = tree.path_begins.size() - 1;
        std::vector<std::size_t> ends(count, from);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t k = naming_ == naming::last_path_first ? count - 1 - i : i;
            ends[k] = append_path(tree, tree.path_begins[k], tree.path_begins[k + 1], from);
        }
        has_branches_ = true;
        layer merge;
        for (const std::size_t k : ordered_paths(count, orders_[tree.branching_number]))
            merge.inputs.push_back(ends[k]);
        layers_.push_back(std::move(merge));
        return layers_.size() - 1;
    }
    std::size_t append_path(const net_tree& tree, std::size_t begin, std::size_t end, std::size_t from) {
        for (std::size_t i = begin; i < end; ++i) from = append(tree.layers[i], from, false);
        return from;
    }
    void sort_from(std::size_t out) {
        for (std::size_t i = out + 1; i-- > 0;)
            for (const std::size_t input : layers_[i].inputs)
                if (input != outside) layers_[input].depth = std::max(layers_[input].depth, layers_[i].depth + 1);
        std::vector<bool> seen(layers_.size());
        std::vector<std::size_t> next{out};
        for (std::size_t visit = 0; !next.empty();) {
            const std::size_t i = next.back();
            next.pop_back();
            if (i == outside || seen[i]) continue;
            seen[i] = true;
            layers_[i].visit = visit++;
            next.insert(next.end(), layers_[i].inputs.rbegin(), layers_[i].inputs.rend());
        }
        std::sort(layers_.begin(), layers_.end(), [](const layer& a, const layer& b) {
            return a.depth != b.depth ? a.depth > b.depth : a.visit < b.visit;
        });
    }
    /// Given names, else Keras' default ones, counted over the container.
    void name_layers() {
        std::map<std::string, std::size_t> counts;
        for (layer& each : layers_) {
            if (each.tree == nullptr) continue;
            each.name = each.tree->name;
            if (!has_branches_ || each.tree->is_named) continue;
            each.name = snake_case(each.tree->type).str();
            if (const std::size_t number = counts[each.name]++; number > 0)
                each.name += internal::message({"_", number});
        }
    }

    path_layers paths_;
    naming naming_;
    const std::vector<std::size_t>& orders_;
    bool joins_ = false, has_branches_ = false;
    std::vector<layer> layers_;
};
using keras_container = basic_keras_container<>;

}  // namespace strata::inline STRATA_ISA::io
