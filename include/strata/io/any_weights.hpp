// any_weights: a weight file into an any_of, whose net the file decides.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/type_list.hpp>
#include <strata/core/where_used.hpp>
#include <strata/io/record.hpp>
#include <strata/io/weight_lists.hpp>
#include <strata/io/weight_shapes.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/any_of.hpp>
#include <strata/model/any_of_checks.hpp>

namespace strata::inline STRATA_ISA {

namespace io {

/// A net that a file may be for: how it is called in messages, and its weights as files may have them.
struct net_candidate {
    std::string label{};
    std::vector<weight_list> lists{};
    const architecture_outline* architecture = nullptr;
};

/// The number of the net whose architecture a file states; the number of nets where it states none. Throws where it
/// states one that no net has: it names the net with which it shares the most layers from the first on.
template <class = internal::where_used>
std::size_t stated_net(const std::filesystem::path& file, const std::vector<net_candidate>& nets) {
    const std::string text = stated_architecture(file);
    if (!is_comparable(text)) return nets.size();
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < nets.size(); ++i) {
        if (is_architecture_of(text, *nets[i].architecture)) return i;
        if (equal_lines(text, *nets[i].architecture) > equal_lines(text, *nets[nearest].architecture)) nearest = i;
    }
    throw file_error(file, "fits none of " + std::to_string(nets.size()) + " nets; the nearest is " +
                               nets[nearest].label + ": " + first_difference(text, *nets[nearest].architecture));
}

/// Refuses a file that fits no net: a file that cannot be read at all by its own reason, else by the first difference
/// of the nearest net, which has the most weights of the file's shapes.
template <class = internal::where_used>
[[noreturn]] void refuse_all_nets(const std::filesystem::path& file, const std::vector<net_candidate>& nets,
                                  const std::vector<std::string>& reasons) {
    const std::vector<std::string> in_file = weight_shapes(file);
    std::size_t nearest = 0;
    const auto distance = [&](std::size_t i) { return shape_distance(in_file, nets[i].lists.front()); };
    for (std::size_t i = 1; i < nets.size(); ++i)
        if (distance(i) < distance(nearest)) nearest = i;
    std::string reason = reasons[nearest];
    const std::string prefix = file_error(file, "").what();
    if (reason.starts_with(prefix)) reason.erase(0, prefix.size());
    throw file_error(file, "fits none of " + std::to_string(nets.size()) + " nets; the nearest is " +
                               nets[nearest].label + ": " + reason);
}

/// The number of the only net that a file fits, and the values of its weights. Throws file_error where no net fits or
/// several do.
template <class T>
std::pair<std::size_t, std::vector<std::vector<T>>> choose_net(const std::filesystem::path& file,
                                                               const std::vector<net_candidate>& nets) {
    if (const std::size_t stated = stated_net(file, nets); stated < nets.size())
        return {stated, read_weights<T>(file, nets[stated].lists, *nets[stated].architecture)};
    std::vector<std::string> reasons(nets.size());
    std::vector<std::vector<T>> values;
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < nets.size(); ++i) {
        try {
            std::vector<std::vector<T>> found = read_weights<T>(file, nets[i].lists, *nets[i].architecture);
            if (fitting.empty()) values = std::move(found);
            fitting.push_back(i);
        } catch (const file_error& error) {
            reasons[i] = error.what();
        }
    }
    if (fitting.empty()) refuse_all_nets(file, nets, reasons);
    if (fitting.size() > 1)
        throw file_error(file, "fits " + nets[fitting[0]].label + " and " + nets[fitting[1]].label +
                                   " alike, and does not say which of them it is for; choose the net with emplace and "
                                   "call load_weights of its model");
    return {fitting.front(), std::move(values)};
}

}  // namespace io

template <class T, class... Nets>
struct weight_files<basic_any_of<T, Nets...>> {
    using any_model = basic_any_of<T, Nets...>;

    static void save(const any_model& from, const std::filesystem::path& file) {
        from.visit([&](const auto& model) { model.save_weights(file); });
    }
    /// Any failure throws file_error and leaves the model as it was.
    static void load(any_model& to, const std::filesystem::path& file) {
        internal::with_file_errors(file, [&] {
            std::size_t i = 0;
            const std::vector<io::net_candidate> nets{
                io::net_candidate{detail::net_label(i++, Nets::model_name()).str(), io::weight_lists<Nets>(),
                                  &architecture_outline_of<Nets>}...};
            const auto [chosen, values] = io::choose_net<T>(file, nets);
            i = 0;
            ((i++ == chosen ? write<Nets>(to, values) : void()), ...);
        });
    }

private:
    template <class Net>
    static void write(any_model& to, const std::vector<std::vector<T>>& values) {
        to.template emplace<Net>([&](auto& model) {
            const auto weights = model.weights();
            for (std::size_t w = 0; w < weights.size(); ++w) weights[w].assign(values[w]);
        });
    }
};

}  // namespace strata::inline STRATA_ISA
