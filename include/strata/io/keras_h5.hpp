// keras_h5: the layout of Keras 3's .weights.h5: a group for each layer by class and number, its weights numbered from
// 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/h5_choice.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/hdf5_writer.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// `layers/conv2d_1/vars/0`. The group is called by the layer's class, never by its name.
inline std::string keras_dataset(const weight_record& record) {
    return record.group + record.part + "/vars/" + std::to_string(record.number);
}

/// The names of layers are attributes of their groups; Keras' earliest versions wrote none. The optimizer's state and
/// seeds of Dropout are ignored.
class keras_h5_layout {
public:
    explicit keras_h5_layout(const hdf5_reader& reader) : reader_(reader) {
        for (const std::string& dataset : reader.datasets())
            if (dataset.starts_with("layers/") && dataset.find("/seed_generator/") == std::string::npos)
                weights_.insert(dataset);
        for (const std::string& dataset : weights_) {
            if (!dataset.ends_with("/vars/0")) continue;
            const std::string vars = dataset.substr(0, dataset.size() - 2);
            if (!reader.has_texts(vars, "name")) continue;
            const std::string group = vars.substr(0, vars.rfind('/')), name = reader.text(vars, "name");
            names_[group] = name;
            if (const auto [at, is_new] = groups_.emplace(name, group); !is_new) at->second.clear();
        }
    }

    /// The paths at which the file has the weights of a list, if it has them.
    std::vector<std::string> locate(const weight_sequence& list) const {
        std::vector<std::string> result;
        for (const weight_record& record : list.records) result.push_back(keras_dataset(record));
        return result;
    }
    /// As by locate(); empty where the file has other weights than these.
    std::vector<std::string> by_structure(const weight_sequence& list) const {
        std::vector<std::string> result = locate(list);
        return is_all(result) ? result : std::vector<std::string>{};
    }
    /// Whether the layer of a record has the same name in the file. True where one of the two has no name.
    bool name_agrees(const weight_record& record, const std::string&) const {
        const auto found = names_.find(record.group);
        return !record.is_named || found == names_.end() || found->second == own_name(record.path);
    }
    /// Whether the containers of the file have as many layers without weights as those of a list.
    bool has_bare_layers(const weight_sequence& list) const {
        return std::all_of(list.bare_layers.begin(), list.bare_layers.end(), [&](const auto& container) {
            const std::string prefix = container.first + "layers/";
            std::size_t count = 0;
            for (const std::string& group : reader_.groups())
                if (group.starts_with(prefix) && group.find('/', prefix.size()) == std::string::npos)
                    count += is_bare(group, group.substr(prefix.size())) ? 1u : 0u;
            return count == container.second;
        });
    }
    /// Finds each layer by its own name, in any container, where only one layer has this name.
    std::vector<std::string> by_names(const weight_sequence& list) const {
        std::vector<std::string> result;
        for (const weight_record& record : list.records) {
            const auto found = groups_.find(own_name(record.path));
            if (found == groups_.end() || found->second.empty()) return {};
            result.push_back(found->second + record.part + "/vars/" + std::to_string(record.number));
        }
        return is_all(result) ? result : std::vector<std::string>{};
    }
    /// Throws where a weight is missing, or where the file has one that the net lacks.
    void explain(std::span<const weight_record> wanted) const {
        std::set<std::string> known;
        for (const weight_record& record : wanted) {
            const std::string dataset = keras_dataset(record);
            known.insert(dataset);
            if (!reader_.has_dataset(dataset))
                throw file_error(reader_.file(), record.where() + ": expected shape " + to_text(record.extents).str() +
                                                     " in " + dataset +
                                                     ", found no such weight; load a file that was saved from the same "
                                                     "architecture");
            if (!reader_.has_shape(dataset, record.extents))
                refuse_shape(reader_.file(), record, reader_.shape_text(dataset) + " in " + dataset);
        }
        for (const std::string& dataset : weights_)
            if (!known.contains(dataset))
                throw file_error(reader_.file(), "expected " + std::to_string(wanted.size()) +
                                                     " weights, found one more: " + dataset + " of shape " +
                                                     reader_.shape_text(dataset) +
                                                     "; load a file that was saved from the same architecture");
    }

private:
    /// Whether a layer has no weights, and is no Input and no Add.
    bool is_bare(const std::string& group, const std::string& type) const {
        const auto weight = weights_.lower_bound(group + "/");
        const bool has_weights = weight != weights_.end() && weight->starts_with(group + "/");
        return !has_weights && !reader_.has_group(group + "/layers") && !type.starts_with("input_layer") &&
               type.substr(0, type.rfind('_')) != "add" && type != "add";
    }
    /// Whether these are all the weights of the file.
    bool is_all(const std::vector<std::string>& datasets) const {
        return std::set<std::string>(datasets.begin(), datasets.end()) == weights_;
    }

    const hdf5_reader& reader_;
    std::set<std::string> weights_;
    std::map<std::string, std::string> names_, groups_;  // of a group its name; of a name its group, empty for several
};

/// Adds all records; Keras' `load_weights` reads them.
template <class T>
void save_keras_h5(hdf5_writer& writer, std::span<const weight_record> records,
                   std::span<const std::vector<T>> values) {
    for (std::size_t i = 0; i < records.size(); ++i)
        writer.add(keras_dataset(records[i]), records[i].extents, values[i], records[i].is_integer);
}

}  // namespace strata::inline STRATA_ISA::io
