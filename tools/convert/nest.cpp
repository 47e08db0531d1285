// From a graph to nested items, by dominators: D dominates a value where all ways from the input lead through D.
#include "nest.hpp"

#include <algorithm>
#include <map>

namespace convert {

namespace {

class nester {
public:
    nester(const graph& g, remarks& notes) : graph_(g), notes_(notes) {
        dominators_.reserve(g.nodes.size());
        for (const node& each : g.nodes) {
            std::size_t common = each.inputs.front();
            for (const std::size_t input : each.inputs) common = common_dominator(common, input);
            dominators_.push_back(common);
        }
    }

    std::vector<item> items() {
        std::vector<item> result = between(graph::source, graph_.output);
        std::size_t copies = 0;
        for (const auto& [layer, count] : counts_)
            if (count > 1 && !std::holds_alternative<identity>(layer->op)) ++copies;
        if (copies > 0)
            notes_.push_back(std::to_string(copies) + " layers, such as \"" + printable(first_copy_) +
                             "\", lie on several paths or are called several times; the net has a copy for each, with "
                             "copies of their weights");
        return result;
    }

private:
    /// Values are in topological order, the input before all.
    static std::size_t order(std::size_t value) { return value + 1; }
    std::size_t common_dominator(std::size_t a, std::size_t b) const {
        while (a != b) (order(a) > order(b) ? a : b) = dominators_[std::max(order(a), order(b)) - 1];
        return a;
    }

    std::vector<item> between(std::size_t from, std::size_t to, std::size_t depth = 0) {
        constexpr std::size_t deepest = 100;
        if (depth > deepest)
            throw problem("its paths lie in one another more than 100 deep; write it with fewer connections between "
                          "paths");
        std::vector<item> result;
        while (to != from) {
            const node& layer = graph_.nodes[to];
            count(layer);
            const std::size_t before = dominators_[to];
            if (layer.inputs.size() > 1) {
                item merged{.layer = &layer};
                for (const std::size_t input : layer.inputs) merged.paths.push_back(between(before, input, depth + 1));
                merged.is_residual = is_residual(merged, before);
                result.push_back(std::move(merged));
            } else if (const auto* inner = std::get_if<nested>(&layer.op)) {
                item model{.layer = &layer};
                model.paths.push_back(nester(*inner->model, notes_).items());
                if (!model.paths[0].empty()) result.push_back(std::move(model));
            } else if (!std::holds_alternative<identity>(layer.op)) {
                result.push_back({.layer = &layer});
            }
            to = before;
        }
        std::reverse(result.begin(), result.end());
        return result;
    }
    /// An Add of two paths whose shapes are equal, where one at least has layers.
    bool is_residual(const item& merged, std::size_t before) const {
        if (std::get<merge>(merged.layer->op).type != "Add" || merged.paths.size() != 2) return false;
        const auto shape = [&](const std::vector<item>& path) {
            return path.empty() ? graph_.shape_of(before) : path.back().layer->output;
        };
        return !(merged.paths[0].empty() && merged.paths[1].empty()) &&
               shape(merged.paths[0]) == shape(merged.paths[1]);
    }
    void count(const node& layer) {
        const std::size_t most = 100 + 4 * graph_.nodes.size();
        if (++total_ > most)
            throw problem("its paths share so many layers that the net would have more than " + std::to_string(most) +
                          "; strata's nets are nested paths: write it with fewer connections between paths");
        if (++counts_[&layer] == 2 && first_copy_.empty()) first_copy_ = layer.name;
    }

    const graph& graph_;
    remarks& notes_;
    std::vector<std::size_t> dominators_;  // the nearest of each node
    std::map<const node*, std::size_t> counts_;
    std::string first_copy_;
    std::size_t total_ = 0;
};

/// Gives items their names, from the first to the last. A name that is taken gets a number.
void give_names(std::vector<item>& items, std::map<std::string, std::size_t>& taken, remarks& notes) {
    constexpr std::size_t longest = 60;  // strata's names have 64 characters
    for (item& each : items) {
        for (std::vector<item>& path : each.paths) give_names(path, taken, notes);
        const std::string& name = each.layer->name;
        if (name.empty()) continue;
        if (name.size() > longest || name.find('\0') != std::string::npos) {
            notes.push_back("layer \"" + printable(name) + "\": its name is too long for strata's names and left out");
            continue;
        }
        each.name = name;
        for (std::size_t* number = nullptr; !taken.try_emplace(each.name, 1).second;) {
            if (number == nullptr) number = &taken[name];
            each.name = name + "_" + std::to_string(++*number);
        }
    }
}

}  // namespace

std::vector<item> nest(const graph& g, remarks& notes) {
    constexpr std::size_t most_axes = 6;
    if (g.input.size() > most_axes)
        throw problem("its input has " + std::to_string(g.input.size()) + " axes; strata has up to 6");
    std::map<std::string, std::size_t> taken;  // with the last number of each
    std::vector<item> items = nester(g, notes).items();
    give_names(items, taken, notes);
    return items;
}

}  // namespace convert
