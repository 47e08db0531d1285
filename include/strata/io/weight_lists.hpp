// weight_lists: the weights of a net in the order, under the names and at the addresses that files give them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/io/record.hpp>
#include <strata/model/names.hpp>
#include <strata/model/net.hpp>
#include <strata/model/weights.hpp>

namespace strata::inline STRATA_ISA::io {

/// A net or layer as files see it: of a layer its number in the flattened list, of what consists of layers those. The
/// first `main_count` layers of a Residual are one path, the others its shortcut.
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
        tree.is_forked = detail::forked<Net>;
        tree.is_functional = Net::type == "Functional";
        tree.main_count = detail::fork_of<Net>();
        if constexpr (detail::forked<Net>) tree.shortcut_first = Net::shortcut_is_first;
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
        if constexpr (detail::forked<Net>) ++next;  // what adds the paths
    }
}

inline bool has_forks(const net_tree& tree) {
    return tree.is_forked || std::any_of(tree.layers.begin(), tree.layers.end(), has_forks);
}

/// Which Residuals lend their layers to the net around them: in Keras only a layer of the user's own can hold them,
/// a functional model has them itself.
enum class residual_layers { stay, join_functional, join_all };

/// The layers of one container of Keras' in its order, which is by the distance to the output, then by the first visit
/// from there; each may be a container itself.
class keras_container {
public:
    keras_container(const net_tree& tree, residual_layers how) : how_(how) {
        const std::size_t out = append(tree, outside, true);
        if (out != outside && has_forks_) sort_from(out);
        name_layers();
    }

    struct layer {
        const net_tree* tree = nullptr;  // null for what adds two paths
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
    bool has_forks() const { return has_forks_; }

private:
    static constexpr std::size_t outside = static_cast<std::size_t>(-1);

    /// Appends a path, or what a container holds; gives the number of the layer whose output it is.
    std::size_t append(const net_tree& tree, std::size_t from, bool is_own) {
        if (!(is_own || (tree.is_forked && joins_))) {
            layers_.push_back({.tree = &tree, .inputs = {from}});
            return layers_.size() - 1;
        }
        if (is_own)
            joins_ =
                how_ == residual_layers::join_all || (how_ == residual_layers::join_functional && tree.is_functional);
        const bool is_fork = tree.is_forked && !is_own;
        std::size_t last = from, main = from;
        for (std::size_t i = 0; i < tree.layers.size(); ++i) {
            if (is_fork && i == tree.main_count) {
                main = last;
                last = from;
            }
            last = append(tree.layers[i], last, false);
        }
        if (!is_fork) return last;
        if (tree.main_count == tree.layers.size()) {
            main = last;
            last = from;
        }
        has_forks_ = true;
        layers_.push_back({.inputs = tree.shortcut_first ? std::vector{last, main} : std::vector{main, last}});
        return layers_.size() - 1;
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
            if (!has_forks_ || each.tree->is_named) continue;
            each.name = snake_case(each.tree->type).str();
            if (const std::size_t number = counts[each.name]++; number > 0) each.name += "_" + std::to_string(number);
        }
    }

    residual_layers how_;
    bool joins_ = false, has_forks_ = false;
    std::vector<layer> layers_;
};

/// Appends the records of what a container holds; `weights` are those of the net by the number of their layer.
inline void append_records(weight_list& list, const net_tree& tree, residual_layers how, const std::string& path,
                           const std::string& address,
                           const std::vector<std::vector<std::pair<std::size_t, weight_record>>>& weights) {
    std::map<std::string, std::size_t> counts;
    const keras_container container(tree, how);
    for (const auto* layer : container.layers()) {
        const net_tree& inner = *layer->tree;
        // What holds the layers of its Residuals is a functional model in Keras, whatever it is here.
        const bool lends = inner.is_composite && keras_container(inner, how).has_forks();
        std::string group = snake_case(lends ? std::string("Functional") : inner.type).str();
        if (const std::size_t number = counts[group]++; number > 0) group += "_" + std::to_string(number);
        group = address + "layers/" + group;
        if (inner.is_composite) {
            append_records(list, inner, how, path + layer->name + "/", group + "/", weights);
            continue;
        }
        for (const auto& [place, weight] : weights[inner.number]) {
            weight_record& record = list.records.emplace_back(weight);
            record.path = path + layer->name;
            record.type = inner.type;
            record.group = group;
            record.is_named = inner.is_named;
            list.places.push_back(place);
        }
    }
}

/// The weights of a net as files see them, in their order: under the net's own names; as Keras has them, where layers
/// of Residuals in a Functional are its own; the same for every Residual. One list where all are the same.
/// Grow: a pointer to grow_tree, so that this is no template of the net.
template <class Grow>
std::vector<weight_list> weight_lists_of(Grow grow, std::span<const weight_row> rows) {
    net_tree tree;
    std::size_t count = 0;
    grow(tree, count);
    std::vector<std::vector<std::pair<std::size_t, weight_record>>> weights(count);
    std::size_t place = 0;
    for (const weight_row& row : rows) {
        auto& of_layer = weights[row.layer];
        std::string part;
        for (const std::string_view name : {row.what.container, row.what.group})
            if (!name.empty()) part += "/" + std::string(name);
        const bool same_part = !of_layer.empty() && of_layer.back().second.part == part;
        weight_record& record = of_layer.emplace_back(place++, weight_record{}).second;
        record.name = row.what.label().str();
        record.extents = row.what.extents;
        record.trainable = row.trainable;
        record.statistic = !row.what.trainable;
        record.is_integer = row.what.is_integer;
        record.number = same_part ? of_layer[of_layer.size() - 2].second.number + 1 : 0;
        record.part = std::move(part);
    }
    std::vector<weight_list> lists(has_forks(tree) ? 3 : 1);
    const std::array ways{residual_layers::stay, residual_layers::join_functional, residual_layers::join_all};
    for (std::size_t i = 0; i < lists.size(); ++i) append_records(lists[i], tree, ways[i], "", "", weights);
    return lists;
}
template <class Net>
std::vector<weight_list> weight_lists() {
    return weight_lists_of(&grow_tree<Net>, weight_rows_of<Net>);
}

}  // namespace strata::inline STRATA_ISA::io
