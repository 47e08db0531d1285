// Which tensor of a file belongs to which weight, where names are all that a file has.
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
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Calls see(container, class, number) for each layer on a path; `dense_4` is number 5 of `dense`, `dense` itself
/// number 0.
template <class See>
void each_layer(const std::string& name, See see) {
    for (std::size_t begin = 0, end; (end = name.find('/', begin)) != std::string::npos; begin = end + 1) {
        std::string type = name.substr(begin, end - begin);
        std::size_t number = 0, digits = 0;
        while (digits < type.size() && std::isdigit(static_cast<unsigned char>(type[type.size() - 1 - digits])))
            ++digits;
        if (digits > 0 && digits < 10 && digits + 1 < type.size() && type[type.size() - 1 - digits] == '_') {
            number = std::stoul(type.substr(type.size() - digits)) + 1;
            type.resize(type.size() - 1 - digits);
        }
        see(name.substr(0, begin), type, number);
    }
}

}  // namespace strata::inline STRATA_ISA::detail

namespace strata::inline STRATA_ISA::io {

/// Names with the layers of a class counted from zero in each container, in their order: Keras counts over a whole
/// process, so that `dense_9/kernel` and `dense_10/kernel` may be the first and the second.
inline std::vector<std::string> recounted(const std::vector<std::string>& names) {
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

/// For each weight the position of its tensor; `names` stand in the file's order of data, `lists` are as weight_lists()
/// gives them. By the names of one of them; else by names recounted; else in Keras' order, if each weight's own name
/// (`kernel`) agrees. A sorted file, as other libraries write it, has no order of layers and is refused there. Throws
/// file_error.
inline std::vector<std::size_t> match_names(const std::filesystem::path& file, std::span<const weight_list> lists,
                                            const std::vector<std::string>& names) {
    const auto names_in = [](const weight_list& list) {
        std::vector<std::string> result;
        for (const weight_record& record : list.records) result.push_back(record.full_name());
        return result;
    };
    const auto places = [](const std::vector<std::string>& list) {
        std::map<std::string, std::size_t> result;
        for (std::size_t i = 0; i < list.size(); ++i) result.emplace(list[i], i);
        return result;
    };
    const std::vector<weight_record>& wanted = lists.front().records;
    const std::vector<std::string> own = names_in(lists.front());
    const auto in_file = places(names), in_net = places(own);
    const auto missing =
        std::find_if(own.begin(), own.end(), [&](const auto& name) { return !in_file.contains(name); });
    const auto extra =
        std::find_if(names.begin(), names.end(), [&](const auto& name) { return !in_net.contains(name); });
    if (names.size() != own.size())
        throw file_error(file,
                         "expected " + std::to_string(own.size()) + " weights, found " + std::to_string(names.size()) +
                             (names.size() < own.size()
                                  ? ": it lacks " + wanted[static_cast<std::size_t>(missing - own.begin())].where()
                                  : ": the net lacks " + *extra) +
                             "; load a file that was saved from the same architecture");

    std::vector<std::size_t> result(own.size());
    const auto take = [&](const auto& from, const std::vector<std::string>& list, const weight_list& weights) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto found = from.find(list[i]);
            if (found == from.end()) return false;
            result[weights.places[i]] = found->second;
        }
        return std::set<std::size_t>(result.begin(), result.end()).size() == result.size();
    };
    for (const weight_list& list : lists)
        if (take(in_file, names_in(list), list)) return result;
    for (const weight_list& list : lists)
        if (take(places(recounted(names)), recounted(names_in(list)), list)) return result;

    const weight_list& keras = lists[std::min<std::size_t>(1, lists.size() - 1)];
    bool in_order = names.size() == 1 || !std::is_sorted(names.begin(), names.end());
    for (std::size_t i = 0; i < names.size(); ++i) {
        in_order = in_order && names[i].substr(names[i].rfind('/') + 1) == keras.records[i].name;
        result[keras.places[i]] = i;
    }
    if (!in_order)
        throw file_error(file, wanted[static_cast<std::size_t>(missing - own.begin())].where() +
                                   ": expected a tensor " + *missing + ", found none, but " + *extra +
                                   "; give the layers the names of the file");
    return result;
}

}  // namespace strata::inline STRATA_ISA::io
