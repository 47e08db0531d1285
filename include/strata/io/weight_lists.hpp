// weight_lists: the weights of a net in the order, under the names and at the addresses that files give them.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/io/keras_container.hpp>
#include <strata/io/net_tree.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// The weights of each layer of a net, by the number of the layer: their index in the net, and their record.
using layer_weights = std::vector<std::vector<std::pair<std::size_t, weight_record>>>;

/// Makes the lists of one net.
template <class = internal::where_used>
class basic_weight_list_maker {
public:
    basic_weight_list_maker(net_tree tree, layer_weights weights)
        : tree_(std::move(tree)), weights_(std::move(weights)) {
        number_forks(tree_, written_);
    }

    /// Three lists: with the net's own names and addresses; as Keras has them where layers of Residuals in a Functional
    /// are layers of the Functional; the same for every Residual. One list where the net has no Residual.
    std::vector<weight_list> lists() const {
        std::vector<weight_list> result(written_.empty() ? 1 : 3);
        const std::array residuals{residual_layers::stay, residual_layers::join_functional, residual_layers::join_all};
        for (std::size_t i = 0; i < result.size(); ++i) fill(result[i], residuals[i]);
        return result;
    }

private:
    void fill(weight_list& list, residual_layers residuals) const {
        static_cast<weight_sequence&>(list) = sequence(residuals, written_);
        list.alike = alike_in(tree_, false);
        list.swappable = alike_in(tree_, true);
        if (residuals == residual_layers::stay) return;
        for (const net_tree& layer : tree_.layers) ask(list, layer, residuals, layer.name);
        for (const naming names : {naming::layers_first, naming::shortcut_first}) {
            // The order of the records is that of the list, so that names and records belong together.
            std::vector<std::string>& created = list.created_names.emplace_back();
            for (const weight_record& record : sequence(residuals, written_, names).records)
                created.push_back(record.full_name());
        }
    }

    weight_sequence sequence(residual_layers residuals, const std::vector<bool>& shortcut_first,
                             naming names = naming::by_place) const {
        weight_sequence result;
        for (const bool first : shortcut_first) result.orders += first ? 's' : 'l';
        append(result, tree_, "", "",
               [&](const net_tree& tree) { return keras_container(tree, residuals, shortcut_first, names); });
        return result;
    }
    template <class Contain>
    void append(weight_sequence& list, const net_tree& tree, const std::string& path, const std::string& address,
                const Contain& contain) const {
        std::map<std::string, std::size_t> counts;
        std::size_t& bare = list.bare_layers[address];
        const keras_container container = contain(tree);
        for (const auto* layer : container.layers()) {
            const net_tree& inner = *layer->tree;
            // A container that has the layers of its Residuals is a functional model in Keras, whatever it is here.
            const bool lends = inner.is_composite && contain(inner).has_forks();
            std::string group = snake_case(lends ? std::string("Functional") : inner.type).str();
            if (const std::size_t number = counts[group]++; number > 0) group += "_" + std::to_string(number);
            group = address + "layers/" + group;
            if (inner.is_composite) {
                append(list, inner, path + layer->name + "/", group + "/", contain);
                continue;
            }
            if (weights_[inner.number].empty()) ++bare;
            for (const auto& [place, weight] : weights_[inner.number]) {
                weight_record& record = list.records.emplace_back(weight);
                record.path = path + layer->name;
                record.type = inner.type;
                record.group = group;
                record.is_named = inner.is_named;
                list.places.push_back(place);
            }
        }
    }

    /// Adds a question for each outermost Residual for which the order of an Add changes the list.
    void ask(weight_list& list, const net_tree& tree, residual_layers residuals, const std::string& path) const {
        if (!tree.is_forked) {
            for (const net_tree& layer : tree.layers) ask(list, layer, residuals, path + "/" + layer.name);
            return;
        }
        std::vector<std::size_t> forks;
        each_fork(tree, [&](std::size_t fork) {
            std::vector<bool> flipped = written_;
            flipped[fork] = !flipped[fork];
            if (!same_order(sequence(residuals, flipped), list)) forks.push_back(fork);
        });
        if (forks.empty()) return;
        order_question& question = list.questions.emplace_back(order_question{.residual = path});
        constexpr std::size_t most = 6;  // 64 lists
        if (forks.size() > most) return;
        for (std::size_t answer = 0; answer < std::size_t{1} << forks.size(); ++answer) {
            std::vector<bool> orders = written_;
            for (std::size_t i = 0; i < forks.size(); ++i)
                if ((answer >> i & 1) != 0) orders[forks[i]] = !orders[forks[i]];
            question.answers.push_back(sequence(residuals, orders));
        }
    }
    template <class Visit>
    static void each_fork(const net_tree& tree, const Visit& visit) {
        if (tree.is_forked) visit(tree.fork);
        for (const net_tree& layer : tree.layers) each_fork(layer, visit);
    }
    static bool same_order(const weight_sequence& a, const weight_sequence& b) {
        bool same = a.places == b.places;
        for (std::size_t i = 0; same && i < a.records.size(); ++i) same = a.records[i].group == b.records[i].group;
        return same;
    }

    /// Two layers with weights of the same shapes, one on each path of a Residual; with unnamed_only two without names.
    std::string alike_in(const net_tree& tree, bool unnamed_only) const {
        if (tree.is_forked) {
            std::vector<const net_tree*> main, side;
            for (std::size_t i = 0; i < tree.layers.size(); ++i)
                append_layers(tree.layers[i], unnamed_only, i < tree.main_count ? main : side);
            for (const net_tree* a : main)
                for (const net_tree* b : side)
                    if (has_same_weights(*a, *b)) return tree.name + " (" + a->name + ", " + b->name + ")";
        }
        for (const net_tree& layer : tree.layers)
            if (std::string found = alike_in(layer, unnamed_only); !found.empty()) return found;
        return {};
    }
    static void append_layers(const net_tree& tree, bool unnamed_only, std::vector<const net_tree*>& result) {
        if (!tree.is_composite && !(unnamed_only && tree.is_named)) result.push_back(&tree);
        for (const net_tree& layer : tree.layers) append_layers(layer, unnamed_only, result);
    }
    bool has_same_weights(const net_tree& a, const net_tree& b) const {
        const auto& first = weights_[a.number];
        const auto& second = weights_[b.number];
        bool same = a.type == b.type && !first.empty() && first.size() == second.size();
        for (std::size_t i = 0; same && i < first.size(); ++i)
            same = first[i].second.extents == second[i].second.extents;
        return same;
    }

    net_tree tree_;
    layer_weights weights_;
    std::vector<bool> written_;
};
using weight_list_maker = basic_weight_list_maker<>;

/// The lists of weight_list_maker::lists() for a net. Grow: a pointer to grow_tree, so that this is no template of the
/// net.
template <class Grow>
std::vector<weight_list> weight_lists_of(Grow grow, std::span<const weight_row> rows) {
    net_tree tree;
    std::size_t count = 0;
    grow(tree, count);
    layer_weights weights(count);
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
    return weight_list_maker(std::move(tree), std::move(weights)).lists();
}
template <class Net>
std::vector<weight_list> weight_lists() {
    return weight_lists_of(&grow_tree<Net>, weight_rows_of<Net>);
}

}  // namespace strata::inline STRATA_ISA::io
