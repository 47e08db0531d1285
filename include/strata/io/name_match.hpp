// name_match: finds the tensor of each weight in files that have only names.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/order_answers.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Calls visit(container, class, number) for each layer on a path; `dense_4` is number 5 of `dense`, `dense` itself
/// number 0.
template <class Visit>
void each_layer(const std::string& name, Visit visit) {
    for (std::size_t begin = 0, end; (end = name.find('/', begin)) != std::string::npos; begin = end + 1) {
        std::string type = name.substr(begin, end - begin);
        std::size_t number = 0, digits = 0;
        while (digits < type.size() && std::isdigit(static_cast<unsigned char>(type[type.size() - 1 - digits])))
            ++digits;
        if (digits > 0 && digits < 10 && digits + 1 < type.size() && type[type.size() - 1 - digits] == '_') {
            number = std::stoul(type.substr(type.size() - digits)) + 1;
            type.resize(type.size() - 1 - digits);
        }
        visit(name.substr(0, begin), type, number);
    }
}

}  // namespace strata::inline STRATA_ISA::detail

namespace strata::inline STRATA_ISA::io {

/// Renumbers the layers of each class from zero in each container. Keras counts over a whole process, so that
/// `dense_9/kernel` and `dense_10/kernel` may be the first and the second.
template <class = internal::where_used>
std::vector<std::string> recounted(const std::vector<std::string>& names) {
    std::map<std::string, std::set<std::size_t>> numbers;
    for (const std::string& name : names)
        detail::each_layer(name, [&](const std::string& container, const std::string& type, std::size_t number) {
            numbers[container + type].insert(number);
        });
    std::vector<std::string> result;
    for (const std::string& name : names) {
        std::string path;
        detail::each_layer(name, [&](const std::string& container, const std::string& type, std::size_t number) {
            const std::set<std::size_t>& all = numbers[container + type];
            path += type + "_" + std::to_string(std::distance(all.begin(), all.find(number))) + "/";
        });
        result.push_back(path + name.substr(name.rfind('/') + 1));
    }
    return result;
}

/// Matches the weights of a net with the tensors of a file by names.
template <class Fits>
class name_matcher {
public:
    /// fits(record, position) says whether a tensor may be that weight, by its shape.
    name_matcher(const std::filesystem::path& file, std::span<const weight_list> lists,
                 const std::vector<std::string>& names, const Fits& fits)
        : file_(file), lists_(lists), names_(names), fits_(fits), own_(names_in(lists.front())) {
        check_names();
    }

    std::vector<std::size_t> match() const {
        const weight_list& own = lists_.front();
        for (const auto& [in_file, list] :
             {std::pair(places(names_), own_), std::pair(places(recounted(names_)), recounted(own_))})
            if (const auto found = take(in_file, list, own); !found.empty() || list.empty()) return found;
        if (lists_.size() > 1)
            if (const auto found = match_joined(); !found.empty()) return found;
        return match_order();
    }

private:
    static std::vector<std::string> names_in(const weight_sequence& list) {
        std::vector<std::string> result;
        for (const weight_record& record : list.records) result.push_back(record.full_name());
        return result;
    }
    static std::map<std::string, std::size_t> places(const std::vector<std::string>& list) {
        std::map<std::string, std::size_t> result;
        for (std::size_t i = 0; i < list.size(); ++i) result.emplace(list[i], i);
        return result;
    }
    void check_names() const {
        const auto in_file = places(names_), in_net = places(own_);
        if (in_file.size() != names_.size()) {
            std::vector<std::string> sorted = names_;
            std::sort(sorted.begin(), sorted.end());
            throw file_error(file_, "has two tensors called " + *std::adjacent_find(sorted.begin(), sorted.end()) +
                                        "; the file is damaged, save it again");
        }
        if (names_.size() == own_.size()) return;
        const auto missing =
            std::find_if(own_.begin(), own_.end(), [&](const auto& name) { return !in_file.contains(name); });
        const auto extra =
            std::find_if(names_.begin(), names_.end(), [&](const auto& name) { return !in_net.contains(name); });
        std::string difference;
        if (names_.size() < own_.size() && missing != own_.end())
            difference = ": it lacks " + record_of(static_cast<std::size_t>(missing - own_.begin())).where();
        if (names_.size() > own_.size() && extra != names_.end()) difference = ": the net lacks " + *extra;
        throw file_error(file_, "expected " + std::to_string(own_.size()) + " weights, found " +
                                    std::to_string(names_.size()) + difference +
                                    "; load a file that was saved from the same architecture");
    }
    const weight_record& record_of(std::size_t i) const { return lists_.front().records[i]; }

    /// The tensor of each weight of the net, by the names of a list; empty where a weight has none.
    static std::vector<std::size_t> take(const std::map<std::string, std::size_t>& in_file,
                                         const std::vector<std::string>& names, const weight_sequence& list) {
        std::vector<std::size_t> result(names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto found = in_file.find(names[i]);
            if (found == in_file.end()) return {};
            result[list.places[i]] = found->second;
        }
        if (std::set<std::size_t>(result.begin(), result.end()).size() != result.size()) return {};
        return result;
    }
    bool all_fit(const std::vector<std::size_t>& tensors) const {
        bool fit = !tensors.empty();
        for (std::size_t i = 0; fit && i < tensors.size(); ++i) fit = fits_(record_of(i), tensors[i]);
        return fit;
    }
    /// Matches the names that layers of Residuals have in a functional model. Default names count layers in the order
    /// in which they were created: they distinguish layers on the two paths of a Residual only where shapes differ.
    std::vector<std::size_t> match_joined() const {
        for (const bool by_number : {false, true}) {
            const auto in_file = places(by_number ? recounted(names_) : names_);
            for (const weight_list& list : lists_.subspan(1)) {
                std::vector<std::vector<std::string>> spellings{names_in(list)};
                spellings.insert(spellings.end(), list.created_names.begin(), list.created_names.end());
                for (const std::vector<std::string>& names : spellings) {
                    const auto found = take(in_file, by_number ? recounted(names) : names, list);
                    if (!all_fit(found)) continue;
                    if (!list.swappable.empty()) refuse_doubt(file_, list.swappable);
                    return found;
                }
                if (const auto found = match_places(list, in_file, by_number); all_fit(found)) {
                    if (!list.swappable.empty()) refuse_doubt(file_, list.swappable);
                    return found;
                }
            }
        }
        return {};
    }
    /// Matches default names that count layers in Keras' order, where shapes tell that order.
    std::vector<std::size_t> match_places(const weight_list& list, const std::map<std::string, std::size_t>& in_file,
                                          bool by_number) const {
        const auto spelled = [&](const weight_sequence& order) {
            return by_number ? recounted(names_in(order)) : names_in(order);
        };
        const settled_list settled = settle_orders(
            list, "",
            [&](const weight_sequence& order) {
                std::vector<std::string> numbers;
                for (const std::string& name : spelled(order)) {
                    const auto found = in_file.find(name);
                    numbers.push_back(found == in_file.end() ? "" : std::to_string(found->second));
                }
                return numbers;
            },
            [&](const weight_record& record, const std::string& position) {
                return !position.empty() && fits_(record, std::stoul(position));
            });
        if (!settled.list) return {};
        return take(in_file, spelled(*settled.list), *settled.list);
    }
    /// Matches in Keras' order, if each weight's own name (`kernel`) agrees. A file with sorted names, as other
    /// libraries write it, has no order of layers.
    std::vector<std::size_t> match_order() const {
        const auto in_file = places(names_), in_net = places(own_);
        const auto missing =
            std::find_if(own_.begin(), own_.end(), [&](const auto& name) { return !in_file.contains(name); });
        const auto extra =
            std::find_if(names_.begin(), names_.end(), [&](const auto& name) { return !in_net.contains(name); });
        if (names_.size() == 1 || !std::is_sorted(names_.begin(), names_.end()))
            for (const weight_list& list : lists_) {
                std::vector<std::size_t> result(own_.size());
                bool agrees = true;
                const auto positions = [&](const weight_sequence& order) {
                    std::vector<std::string> numbers;
                    for (std::size_t i = 0; i < order.records.size(); ++i) numbers.push_back(std::to_string(i));
                    return numbers;
                };
                const settled_list settled =
                    settle_orders(list, "", positions, [&](const weight_record& record, const std::string& position) {
                        return fits_(record, std::stoul(position));
                    });
                if (!settled.list) continue;
                for (std::size_t i = 0; i < names_.size(); ++i) {
                    agrees = agrees && names_[i].substr(names_[i].rfind('/') + 1) == settled.list->records[i].name;
                    result[settled.list->places[i]] = i;
                }
                if (!agrees || (lists_.size() > 1 && !all_fit(result))) continue;
                if (!lists_.back().alike.empty()) refuse_doubt(file_, lists_.back().alike);
                return result;
            }
        if (!lists_.back().alike.empty()) refuse_doubt(file_, lists_.back().alike);
        throw file_error(file_, record_of(static_cast<std::size_t>(missing - own_.begin())).where() +
                                    ": expected a tensor " + *missing + ", found none, but " + *extra +
                                    "; give the layers the names of the file");
    }

    const std::filesystem::path& file_;
    std::span<const weight_list> lists_;
    const std::vector<std::string>& names_;
    const Fits& fits_;
    std::vector<std::string> own_;
};

/// For each weight the position of its tensor; `names` are in the order of the file's data, `lists` as weight_lists()
/// gives them. Tries the net's own names; then renumbered names; then the names that layers of Residuals have in Keras;
/// then Keras' order. Throws file_error.
template <class Fits>
std::vector<std::size_t> match_names(const std::filesystem::path& file, std::span<const weight_list> lists,
                                     const std::vector<std::string>& names, const Fits& fits) {
    return name_matcher<Fits>(file, lists, names, fits).match();
}

}  // namespace strata::inline STRATA_ISA::io
