// keras_container: the order and the names that Keras gives the layers of a net.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/net_tree.hpp>

namespace strata::inline STRATA_ISA::io {

/// The Residuals whose layers are layers of the net around them in a file. In Keras a functional model has these layers
/// itself; only a custom layer can hold them.
enum class residual_layers { stay, join_functional, join_all };

/// The order in which Keras counts the layers of a container for their default names.
enum class naming { by_place, layers_first, shortcut_first };

/// The layers of one Keras container in its order: by the distance to the output, then by the first visit from there.
/// Each may be a container itself. `shortcut_first` has for each Residual whether the shortcut is the first input of
/// the Add.
template <class = internal::where_used>
class basic_keras_container {
public:
    basic_keras_container(const net_tree& tree, residual_layers residuals, const std::vector<bool>& shortcut_first,
                          naming names = naming::by_place)
        : residuals_(residuals), naming_(names), shortcut_first_(shortcut_first) {
        const std::size_t out = append(tree, outside, true);
        if (names != naming::by_place) name_layers();
        if (out != outside && has_forks_) sort_from(out);
        if (names == naming::by_place) name_layers();
    }

    struct layer {
        const net_tree* tree = nullptr;  // null for an Add
        std::vector<std::size_t> inputs{};
        std::size_t depth = 0, visit = 0;
        std::string name{};
    };
    /// All layers but Adds, in order.
    std::vector<const layer*> layers() const {
        std::vector<const layer*> result;
        for (const layer& each : layers_)
            if (each.tree != nullptr) result.push_back(&each);
        return result;
    }
    bool has_forks() const { return has_forks_; }

private:
    static constexpr std::size_t outside = static_cast<std::size_t>(-1);

    /// Appends a layer, a path, or the layers of a container; returns the index of the layer with the output.
    std::size_t append(const net_tree& tree, std::size_t from, bool is_own) {
        if (!(is_own || (tree.is_forked && joins_))) {
            layers_.push_back({.tree = &tree, .inputs = {from}});
            return layers_.size() - 1;
        }
        if (is_own)
            joins_ = residuals_ == residual_layers::join_all ||
                     (residuals_ == residual_layers::join_functional && tree.is_functional);
        if (!tree.is_forked || is_own) return append_path(tree, 0, tree.layers.size(), from);
        std::size_t main = from, side = from;
        const auto append_main = [&] { main = append_path(tree, 0, tree.main_count, from); };
        if (naming_ != naming::shortcut_first) append_main();
        side = append_path(tree, tree.main_count, tree.layers.size(), from);
        if (naming_ == naming::shortcut_first) append_main();
        has_forks_ = true;
        layers_.push_back({.inputs = shortcut_first_[tree.fork] ? std::vector{side, main} : std::vector{main, side}});
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
    /// Sets names: those of the user, else Keras' default names, counted over the container.
    void name_layers() {
        std::map<std::string, std::size_t> counts;
        for (layer& each : layers_) {
            if (each.tree == nullptr) continue;
            each.name = each.tree->name;
            if (!has_forks_ || each.tree->is_named) continue;
            each.name = snake_case(each.tree->type).str();
            if (const std::size_t number = counts[each.name]++; number > 0) each.name += "_" + std::to_string(number);
        }
    }

    residual_layers residuals_;
    naming naming_;
    const std::vector<bool>& shortcut_first_;
    bool joins_ = false, has_forks_ = false;
    std::vector<layer> layers_;
};
using keras_container = basic_keras_container<>;

}  // namespace strata::inline STRATA_ISA::io
