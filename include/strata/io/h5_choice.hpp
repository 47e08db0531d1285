// h5_choice: which datasets of an HDF5 file hold the weights of a net.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// For each record of a list its dataset; no list where a file has no answer.
struct h5_choice {
    const weight_list* list = nullptr;
    std::vector<std::string> datasets{};

    /// Whether the file has each of them, in the right shape.
    bool fits(const hdf5_reader& reader) const {
        if (list == nullptr || datasets.size() != list->records.size()) return false;
        for (std::size_t i = 0; i < datasets.size(); ++i)
            if (!reader.has_shape(datasets[i], list->records[i].extents)) return false;
        return true;
    }
    /// The values of all weights, in the net's order.
    template <class T>
    std::vector<std::vector<T>> values(const hdf5_reader& reader) const {
        std::vector<std::vector<T>> result(datasets.size());
        for (std::size_t i = 0; i < datasets.size(); ++i)
            result[list->places[i]] = reader.values<T>(datasets[i], list->records[i]);
        return result;
    }
};

/// What a file of a layout says of a list: datasets by its structure, whether the names in it agree with those that the
/// user gave, and datasets by names alone. Structure and names together are the best answer; then come names, which do
/// not depend on the order of layers in Keras; then the structure. `lists` as weight_lists() gives them.
template <class Layout>
h5_choice choose_datasets(const hdf5_reader& reader, const Layout& layout, std::span<const weight_list> lists) {
    std::vector<const weight_list*> order;
    for (std::size_t i = 1; i < lists.size(); ++i) order.push_back(&lists[i]);
    order.push_back(&lists.front());
    for (const weight_list* list : order)
        if (h5_choice choice{list, layout.by_structure(*list)}; choice.fits(reader) && layout.names_agree(*list))
            return choice;
    for (const weight_list* list : order)
        if (h5_choice choice{list, layout.by_names(*list)}; choice.fits(reader)) return choice;
    for (const weight_list* list : order)
        if (h5_choice choice{list, layout.by_structure(*list)}; choice.fits(reader)) return choice;
    layout.explain(order.front()->records);
    return {order.front(), layout.by_structure(*order.front())};  // reading it says which shape is wrong
}

/// A name without those of what holds it: `block1_conv1` of `xception/block1_conv1`, `kernel` of
/// `forward_layer/kernel`.
inline std::string own_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace strata::inline STRATA_ISA::io
