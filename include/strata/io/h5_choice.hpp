// h5_choice: finds the datasets of an HDF5 file that hold the weights of a net.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/order_answers.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// A list, and the path of the dataset of each record; no paths where the file does not match.
struct h5_choice {
    weight_sequence list{};
    std::vector<std::string> datasets{};

    /// Whether the file has all datasets, with the shapes of the records.
    bool fits(const hdf5_reader& reader) const {
        if (datasets.size() != list.records.size()) return false;
        for (std::size_t i = 0; i < datasets.size(); ++i)
            if (!reader.has_shape(datasets[i], list.records[i].extents)) return false;
        return true;
    }
    /// The values of all weights, in the net's order.
    template <class T>
    std::vector<std::vector<T>> values(const hdf5_reader& reader) const {
        std::vector<std::vector<T>> result(datasets.size());
        for (std::size_t i = 0; i < datasets.size(); ++i)
            result[list.places[i]] = reader.values<T>(datasets[i], list.records[i]);
        return result;
    }
};

/// The attribute in which strata saves the orders of Residuals; see weight_sequence.
inline constexpr const char* orders_attribute = "strata_residuals";

/// The datasets of a file for a list. `doubt` names a Residual whose order is ambiguous.
struct h5_answer {
    h5_choice choice{};
    std::string doubt{};
    bool fits = false;
};

/// Chooses datasets by the structure of a list: classes, numbers and shapes. With use_names, layers that the user named
/// must have the same name in the file, where the file has names.
template <class Layout>
h5_answer choose_by_structure(const hdf5_reader& reader, const Layout& layout, const weight_list& list,
                              const std::string& saved_orders, bool use_names) {
    const auto fits = [&](const weight_record& record, const std::string& dataset) {
        return reader.has_shape(dataset, record.extents) && (!use_names || layout.name_agrees(record, dataset));
    };
    settled_list settled =
        settle_orders(list, saved_orders, [&](const weight_sequence& order) { return layout.locate(order); }, fits);
    if (!settled.list) return {.doubt = std::move(settled.doubt)};
    h5_answer answer{.choice = {std::move(*settled.list), {}}};
    answer.choice.datasets = layout.by_structure(answer.choice.list);
    answer.fits = answer.choice.fits(reader);
    for (std::size_t i = 0; answer.fits && i < answer.choice.datasets.size(); ++i)
        answer.fits = fits(answer.choice.list.records[i], answer.choice.datasets[i]);
    // Where an activation is a layer in Keras and an option here, the layers of one path are counted differently.
    const std::string& alike = use_names ? list.swappable : list.alike;
    if (answer.fits && saved_orders.empty() && !list.created_names.empty() && !alike.empty() &&
        !layout.has_bare_layers(list))
        return {.doubt = alike};
    return answer;
}

/// Tries structure and names together; then names, which do not depend on the order of layers in Keras; then the
/// structure. A file in which the weights of two layers could be exchanged unnoticed is refused. `lists` as
/// weight_lists() gives them.
template <class Layout>
h5_choice choose_datasets(const hdf5_reader& reader, const Layout& layout, std::span<const weight_list> lists) {
    std::vector<const weight_list*> order;
    for (std::size_t i = 1; i < lists.size(); ++i) order.push_back(&lists[i]);
    order.push_back(&lists.front());
    std::string saved_orders;
    if (reader.has_texts("", orders_attribute)) saved_orders = reader.text("", orders_attribute);
    std::string doubt;
    const auto by_structure = [&](bool use_names) {
        h5_answer result;
        for (const weight_list* list : order) {
            result = choose_by_structure(reader, layout, *list, saved_orders, use_names);
            if (result.fits) return result;
            if (doubt.empty()) doubt = result.doubt;
        }
        return result;
    };
    if (h5_answer answer = by_structure(true); answer.fits) return std::move(answer.choice);
    for (const weight_list* list : order)
        if (h5_choice choice{*list, layout.by_names(*list)}; list->swappable.empty() && choice.fits(reader))
            return choice;
    if (!doubt.empty()) refuse_doubt(reader.file(), doubt);
    if (h5_answer answer = by_structure(false); answer.fits) return std::move(answer.choice);
    if (!doubt.empty()) refuse_doubt(reader.file(), doubt);
    layout.explain(order.front()->records);
    return {*order.front(), layout.by_structure(*order.front())};  // reading these throws with the wrong shape
}

/// The last part of a path: `block1_conv1` of `xception/block1_conv1`, `kernel` of
/// `forward_layer/kernel`.
inline std::string own_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace strata::inline STRATA_ISA::io
