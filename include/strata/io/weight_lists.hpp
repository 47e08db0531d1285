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
#include <strata/core/message.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/io/keras_container.hpp>
#include <strata/io/net_tree.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// The weights of each layer of a net, by its number: their places in the net, and what a file says of them.
using layer_weights = std::vector<std::vector<std::pair<std::size_t, weight_record>>>;

/// Makes the lists of one net.
template <class = internal::where_used>
class basic_weight_list_maker {
public:
    basic_weight_list_maker(net_tree tree, layer_weights weights)
        : tree_(std::move(tree)), weights_(std::move(weights)) {
        number_branchings(tree_, written_);
    }

    /// Under the net's own names; as Keras has them, where the layers of branching layers in a Functional are its own;
    /// the same for every branching layer. One list where all are the same.
    std::vector<weight_list> lists() const {
        std::vector<weight_list> result(written_.empty() ? 1 : 3);
        const std::array ways{path_layers::stay, path_layers::join_functional, path_layers::join_all};
        for (std::size_t i = 0; i < result.size(); ++i) fill(result[i], ways[i]);
        return result;
    }

private:
    static constexpr std::string_view order_letters = "lsabcdefghijkmnopqrtuvwx";  // one for each order of four paths

    void fill(weight_list& list, path_layers paths) const {
        static_cast<weight_sequence&>(list) = sequence(paths, written_);
        list.alike = alike_in(tree_, false);
        list.swappable = alike_in(tree_, true);
        if (paths == path_layers::stay) return;
        for (const net_tree& layer : tree_.layers) ask(list, layer, paths, layer.name);
        for (const naming names : {naming::first_path_first, naming::last_path_first}) {
            // The order of the records is that of the list, so that names and records belong together.
            std::vector<std::string>& created = list.created_names.emplace_back();
            for (const weight_record& record : sequence(paths, written_, names).records)
                created.push_back(record.full_name());
        }
    }

    weight_sequence sequence(path_layers paths, const std::vector<std::size_t>& orders,
                             naming names = naming::by_position) const {
        weight_sequence result;
        for (const std::size_t order : orders) result.orders += order_letters[order];
        append(result, tree_, "", "",
               [&](const net_tree& tree) { return keras_container(tree, paths, orders, names); });
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
            // A container that has the layers of its branching layers is a functional model in Keras.
            const bool lends = inner.is_composite && contain(inner).has_branches();
            std::string group = snake_case(lends ? std::string("Functional") : inner.type).str();
            if (const std::size_t number = counts[group]++; number > 0) group += internal::message({"_", number});
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

    /// Adds the question of each outermost branching layer of which the order of a merge layer's inputs changes the
    /// list.
    void ask(weight_list& list, const net_tree& tree, path_layers paths, const std::string& path) const {
        if (!tree.is_branching) {
            for (const net_tree& layer : tree.layers) ask(list, layer, paths, path + "/" + layer.name);
            return;
        }
        // Lists for all orders of the branching layers whose order changes the list, as written first.
        constexpr std::size_t most = 64;
        std::vector<std::vector<std::size_t>> choices{written_};
        bool is_open = false, are_too_many = false;
        each_branching(tree, [&](const net_tree& found) {
            const std::size_t number = found.branching_number, orders = order_count(found);
            bool changes = false;
            for (std::size_t order = 0; order < orders && !changes; ++order) {
                std::vector<std::size_t> other = written_;
                other[number] = order;
                changes = !same_order(sequence(paths, other), list);
            }
            if (orders == 1 && !found.is_ordered) changes = are_too_many = !alike_in(found, false).empty();
            is_open = is_open || changes;
            if (!changes || are_too_many || (are_too_many = choices.size() * orders > most)) return;
            for (std::size_t i = 0, count = choices.size(); i < count; ++i)
                for (std::size_t order = 0; order < orders; ++order)
                    if (order != written_[number]) choices.emplace_back(choices[i])[number] = order;
        });
        if (!is_open) return;
        order_question& question = list.questions.emplace_back(order_question{.residual = path});
        if (are_too_many) return;
        for (const std::vector<std::size_t>& orders : choices) question.answers.push_back(sequence(paths, orders));
    }
    template <class See>
    static void each_branching(const net_tree& tree, const See& see) {
        if (tree.is_branching) see(tree);
        for (const net_tree& layer : tree.layers) each_branching(layer, see);
    }
    static bool same_order(const weight_sequence& a, const weight_sequence& b) {
        bool same = a.places == b.places;
        for (std::size_t i = 0; same && i < a.records.size(); ++i) same = a.records[i].group == b.records[i].group;
        return same;
    }

    /// Two layers with weights of the same shapes on two paths of one branching layer; with unnamed_only two without
    /// names. The order in which paths were created is never known; that of a merge layer's inputs is, where it changes
    /// the value.
    std::string alike_in(const net_tree& tree, bool unnamed_only) const {
        if (tree.is_branching && (unnamed_only || !tree.is_ordered)) {
            std::vector<std::vector<const net_tree*>> paths(tree.path_begins.size() - 1);
            for (std::size_t k = 0; k < paths.size(); ++k)
                for (std::size_t i = tree.path_begins[k]; i < tree.path_begins[k + 1]; ++i)
                    append_layers(tree.layers[i], unnamed_only, paths[k]);
            for (std::size_t second = 1; second < paths.size(); ++second)
                for (std::size_t first = 0; first < second; ++first)
                    for (const net_tree* a : paths[first])
                        for (const net_tree* b : paths[second])
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
    std::vector<std::size_t> written_;
};
using weight_list_maker = basic_weight_list_maker<>;

/// The weights of a net as files may have them; weight_list_maker::lists() says in which ways. No template of the net.
template <class = internal::where_used>
std::vector<weight_list> weight_lists_of(const net_outline* outline, std::span<const weight_row> rows) {
    net_tree tree;
    std::size_t count = 0;
    grow_tree(tree, outline, count);
    layer_weights weights(count);
    std::size_t place = 0;
    for (const weight_row& row : rows) {
        auto& of_layer = weights[row.layer];
        std::string part;
        for (const std::string_view name : {row.parameter.container, row.parameter.group})
            if (!name.empty()) (part += '/') += name;
        const bool same_part = !of_layer.empty() && of_layer.back().second.part == part;
        weight_record& record = of_layer.emplace_back(place++, weight_record{}).second;
        record.name = row.parameter.label().str();
        record.extents = row.parameter.extents;
        record.trainable = row.trainable;
        record.statistic = !row.parameter.trainable;
        record.is_integer = row.parameter.is_integer;
        record.number = same_part ? of_layer[of_layer.size() - 2].second.number + 1 : 0;
        record.part = std::move(part);
    }
    return weight_list_maker(std::move(tree), std::move(weights)).lists();
}
template <class Net>
std::vector<weight_list> weight_lists() {
    return weight_lists_of(outline_of<Net>, weight_rows_of<Net>);
}

}  // namespace strata::inline STRATA_ISA::io
