// Saving and loading the weights of a model; the file's extension says how.
#pragma once

#include <cctype>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/file_error.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/model/model.hpp>
#include <strata/model/names.hpp>
#include <strata/model/net.hpp>
#include <strata/model/weights.hpp>
#if defined(STRATA_WITH_HDF5)
#include <strata/io/hdf5.hpp>
#endif
#if defined(STRATA_WITH_LIBZIP)
#include <strata/io/npz.hpp>
#endif

namespace strata {

namespace io {

/// For each flattened layer its class and its address in Keras' files: the n-th layer of a class in its container.
template <class Net>
void append_layers(std::vector<std::pair<std::string, std::string>>& result, const std::string& container) {
    std::map<std::string, std::size_t> seen;
    const auto visit = [&]<class Layer>(const Layer*) {
        std::string group = snake_case(Layer::type).str();
        if (const std::size_t number = seen[group]++; number > 0) group += "_" + std::to_string(number);
        group = container + "layers/" + group;
        if constexpr (detail::composite<Layer>) append_layers<Layer>(result, group + "/");
        else result.emplace_back(std::string(Layer::type), group);
    };
    const auto all = [&]<class... Layers>(type_list<Layers...>) { (visit(static_cast<const Layers*>(nullptr)), ...); };
    all(layers_of<Net>{});
    if constexpr (detail::forked<Net>) result.emplace_back(std::string(Net::join::type), container);
}

/// Where Keras has a weight: its layer's address, and below it the parts that the weight names.
inline std::string group_of(std::string address, const parameter& what) {
    for (const std::string_view part : {what.container, what.group})
        if (!part.empty()) address += "/" + std::string(part);
    return address;
}

/// The weights of a net as files see them.
template <class Net>
std::vector<weight_record> weight_records() {
    std::vector<std::pair<std::string, std::string>> layers;
    append_layers<Net>(layers, "");
    std::vector<weight_record> records;
    for (const weight_row& row : weight_rows_of<Net>) {
        const std::string group = group_of(layers[row.layer].second, row.what);
        const bool same_group = !records.empty() && records.back().group == group;
        records.push_back({.path = std::string(row.path()),
                           .type = layers[row.layer].first,
                           .name = row.what.label().str(),
                           .group = group,
                           .extents = row.what.extents,
                           .number = same_group ? records.back().number + 1 : 0,
                           .trainable = row.trainable,
                           .statistic = !row.what.trainable,
                           .is_integer = row.what.is_integer});
    }
    return records;
}

/// The last extension of a file in small letters.
inline std::string extension_of(const std::filesystem::path& file) {
    std::string extension = file.extension().string();
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension;
}

[[noreturn]] inline void refuse_extension(const std::filesystem::path& file) {
    [[maybe_unused]] const std::string extension = extension_of(file);
#if !defined(STRATA_WITH_LIBZIP)
    if (extension == ".npz")
        throw file_error(file,
                         "this program was built without libzip; define STRATA_WITH_LIBZIP and link zip (the Meson "
                         "dependency does where it finds libzip), or use .safetensors");
#endif
#if !defined(STRATA_WITH_HDF5)
    if (extension == ".h5" || extension == ".hdf5")
        throw file_error(file,
                         "this program was built without HDF5; define STRATA_WITH_HDF5 and link hdf5 (the Meson "
                         "dependency does where it finds HDF5), or use .safetensors");
#endif
    throw file_error(file, "has an unknown extension; known are .weights.h5, .h5, .npz and .safetensors");
}

}  // namespace io

template <class Model>
struct weight_files {
    using value_type = typename Model::value_type;

    static void save(const Model& model, const std::filesystem::path& file) {
        const auto records = io::weight_records<typename Model::net_type>();
        std::vector<std::vector<value_type>> values;
        for (const auto& weight : model.weights()) values.push_back(weight.to_vector());
        const std::string extension = io::extension_of(file);
        if (extension == ".safetensors") return io::save_safetensors<value_type>(file, records, values);
#if defined(STRATA_WITH_HDF5)
        if (extension == ".h5" || extension == ".hdf5") return io::save_hdf5<value_type>(file, records, values);
#endif
#if defined(STRATA_WITH_LIBZIP)
        if (extension == ".npz") return io::save_npz<value_type>(file, records, values);
#endif
        io::refuse_extension(file);
    }
    static void load(Model& model, const std::filesystem::path& file) {
        const auto values = read(file, io::weight_records<typename Model::net_type>());
        const auto weights = model.weights();
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i].assign(values[i]);
    }

private:
    static std::vector<std::vector<value_type>> read(const std::filesystem::path& file,
                                                     const std::vector<io::weight_record>& records) {
        const std::string extension = io::extension_of(file);
        if (extension == ".safetensors") return io::load_safetensors<value_type>(file, records);
#if defined(STRATA_WITH_HDF5)
        if (extension == ".h5" || extension == ".hdf5") return io::load_hdf5<value_type>(file, records);
#endif
#if defined(STRATA_WITH_LIBZIP)
        if (extension == ".npz") return io::load_npz<value_type>(file, records);
#endif
        io::refuse_extension(file);
    }
};

}  // namespace strata
