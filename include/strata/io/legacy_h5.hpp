// legacy_h5: the layout of Keras' older .h5: attributes list the layers and each layer's weights, in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/io/h5_choice.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/hdf5_writer.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// The weights of one layer of the outermost model, as indices in the list of all weights.
struct legacy_layer {
    std::string name;
    std::vector<std::size_t> weights;
};

/// A nested model is one layer.
inline std::vector<legacy_layer> legacy_layers(std::span<const weight_record> records) {
    std::vector<legacy_layer> result;
    std::string last;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string& group = records[i].group;
        const std::string outer = group.substr(0, group.find('/', group.find('/') + 1));
        if (result.empty() || outer != last) {
            const std::string& path = records[i].path;
            result.push_back({.name = outer == group ? path : path.substr(0, path.find('/')), .weights = {}});
        }
        result.back().weights.push_back(i);
        last = outer;
    }
    return result;
}

/// The weights that were trainable when a file was saved; Keras lists those of a layer first, then the others.
enum class legacy_order { as_here, nothing_frozen, all_frozen };

inline std::vector<std::size_t> ordered(const legacy_layer& layer, std::span<const weight_record> records,
                                        legacy_order order) {
    std::vector<std::size_t> result;
    for (const bool is_first : {true, false})
        for (const std::size_t i : layer.weights) {
            const bool trainable = order == legacy_order::as_here
                                       ? records[i].trainable
                                       : order == legacy_order::nothing_frozen && !records[i].statistic;
            if (trainable == is_first) result.push_back(i);
        }
    return result;
}

/// The order of weights by their names in a file (`base/batch_normalization/gamma:0` is `gamma`). Where names do not
/// tell it: Keras' order, in which frozen weights are the last.
inline std::vector<std::size_t> matched(const legacy_layer& layer, std::span<const weight_record> records,
                                        const std::vector<std::string>& names) {
    for (const auto order : {legacy_order::as_here, legacy_order::nothing_frozen, legacy_order::all_frozen}) {
        const std::vector<std::size_t> weights = ordered(layer, records, order);
        if (std::equal(weights.begin(), weights.end(), names.begin(), names.end(),
                       [&](std::size_t i, const std::string& path) {
                           const std::string name = path.substr(path.rfind('/') + 1);
                           return own_name(records[i].name) == name.substr(0, name.find(':'));
                       }))
            return weights;
    }
    return ordered(layer, records, legacy_order::as_here);
}

/// `root` is "" or `model_weights`. As in Keras, layers are matched in order and by shape; layers without weights do
/// not count.
class legacy_layout {
public:
    legacy_layout(const hdf5_reader& reader, const std::string& root) : reader_(reader) {
        for (const std::string& name : reader.texts(root, "layer_names")) {
            const std::string group = root.empty() ? name : root + "/" + name;
            if (!reader.has_group(group))
                throw file_error(
                    reader.file(),
                    "layer " + name + " is listed, but its group is missing; the file is damaged, save it again");
            auto weights = reader.texts(group, "weight_names");
            if (weights.empty()) ++bare_count_;
            else saved_.push_back({name, group, std::move(weights)});
        }
    }

    /// The datasets of the weights of a list, layer by layer; an empty text where a layer has another number of
    /// weights.
    std::vector<std::string> locate(const weight_sequence& list) const {
        const std::vector<legacy_layer> layers = legacy_layers(list.records);
        std::vector<std::string> result(list.records.size());
        if (layers.size() != saved_.size()) return {};
        for (std::size_t i = 0; i < layers.size(); ++i)
            static_cast<void>(assign(layers[i], saved_[i], list.records, result));
        return result;
    }
    /// As by locate(); empty where a layer has another number of weights.
    std::vector<std::string> by_structure(const weight_sequence& list) const {
        std::vector<std::string> result = locate(list);
        const bool is_whole = std::none_of(result.begin(), result.end(), [](const auto& path) { return path.empty(); });
        return is_whole ? result : std::vector<std::string>{};
    }
    /// Whether the layer of a record has the same name in the file. Layers of a nested model have no names there.
    bool name_agrees(const weight_record& record, const std::string& dataset) const {
        if (!record.is_named || record.group.find('/') != record.group.rfind('/')) return true;
        return std::any_of(saved_.begin(), saved_.end(), [&](const saved_layer& layer) {
            return layer.name == record.path && dataset.starts_with(layer.group + "/");
        });
    }
    /// Whether the file has as many layers without weights as a list. The input counts; Adds may count or not.
    bool has_bare_layers(const weight_sequence& list) const {
        const auto outermost = list.bare_layers.find("");
        const std::size_t count = 1 + (outermost == list.bare_layers.end() ? 0 : outermost->second);
        return bare_count_ == count || bare_count_ == count + list.orders.size();
    }
    std::vector<std::string> by_names(const weight_sequence& list) const {
        std::map<std::string, const saved_layer*> named;
        for (const saved_layer& layer : saved_) named[layer.name] = &layer;
        const std::vector<legacy_layer> layers = legacy_layers(list.records);
        if (layers.size() != saved_.size()) return {};
        std::vector<std::string> result(list.records.size());
        for (const legacy_layer& layer : layers) {
            const auto found = named.find(layer.name);
            if (found == named.end() || !assign(layer, *found->second, list.records, result)) return {};
        }
        return result;
    }
    /// Throws where the numbers of layers or of weights differ, or a shape does.
    void explain(std::span<const weight_record> wanted) const {
        constexpr const char* remedy = "; load a file that was saved from the same architecture";
        const std::vector<legacy_layer> layers = legacy_layers(wanted);
        const std::string counts = "expected " + std::to_string(layers.size()) + " layers with weights, found " +
                                   std::to_string(saved_.size());
        if (saved_.size() < layers.size())
            throw file_error(reader_.file(), wanted[layers[saved_.size()].weights.front()].where() +
                                                 " is not in it: " + counts + remedy);
        if (saved_.size() > layers.size())
            throw file_error(reader_.file(),
                             counts + ", the first of the others is " + saved_[layers.size()].group + remedy);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const auto& [name, group, names] = saved_[i];
            if (names.size() != layers[i].weights.size())
                throw file_error(reader_.file(), "layer " + layers[i].name + ": expected " +
                                                     std::to_string(layers[i].weights.size()) + " weights, found " +
                                                     std::to_string(names.size()) + " in " + group + remedy);
            const std::vector<std::size_t> weights = matched(layers[i], wanted, names);
            for (std::size_t k = 0; k < names.size(); ++k) {
                const std::string dataset = group + "/" + names[k];
                if (!reader_.has_dataset(dataset))
                    throw file_error(reader_.file(), wanted[weights[k]].where() + ": " + dataset +
                                                         " is listed, but missing; the file is damaged, save it again");
                if (!reader_.has_shape(dataset, wanted[weights[k]].extents))
                    refuse_shape(reader_.file(), wanted[weights[k]], reader_.shape_text(dataset) + " in " + dataset);
            }
        }
    }

private:
    struct saved_layer {
        std::string name, group;
        std::vector<std::string> weights;
    };

    /// Writes the dataset of each weight of a layer to `result`; false where the layer has another number of weights.
    static bool assign(const legacy_layer& layer, const saved_layer& saved, std::span<const weight_record> records,
                       std::vector<std::string>& datasets) {
        if (saved.weights.size() != layer.weights.size()) return false;
        const std::vector<std::size_t> weights = matched(layer, records, saved.weights);
        for (std::size_t k = 0; k < weights.size(); ++k) datasets[weights[k]] = saved.group + "/" + saved.weights[k];
        return true;
    }

    const hdf5_reader& reader_;
    std::vector<saved_layer> saved_;
    std::size_t bare_count_ = 0;
};

/// Adds all records at the root, as Keras 2's `save_weights` does; Keras' `load_weights` reads them, Keras'
/// `load_model` needs the architecture, which is not in the file.
template <class T>
void save_legacy_h5(hdf5_writer& writer, std::span<const weight_record> records,
                    std::span<const std::vector<T>> values) {
    std::vector<std::string> layer_names;
    for (const legacy_layer& layer : legacy_layers(records)) {
        layer_names.push_back(layer.name);
        std::vector<std::string> weight_names;
        for (const std::size_t i : ordered(layer, records, legacy_order::as_here)) {
            weight_names.push_back(records[i].full_name());
            writer.add(layer.name + "/" + weight_names.back(), records[i].extents, values[i], records[i].is_integer);
        }
        writer.add_texts(layer.name, "weight_names", weight_names);
    }
    writer.add_texts("", "layer_names", layer_names);
    // A file without a version counts as one of Keras 1: Keras 2 would convert its kernels.
    writer.add_text("", "keras_version", "3.0.0");
}

}  // namespace strata::inline STRATA_ISA::io
