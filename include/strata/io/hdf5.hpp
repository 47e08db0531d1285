// HDF5 weight files, of Keras 3 and of the older Keras. Needs HDF5; io/weights.hpp includes it under STRATA_WITH_HDF5.
#pragma once

#include <cctype>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/h5_choice.hpp>
#include <strata/io/hdf5_handle.hpp>
#include <strata/io/hdf5_reader.hpp>
#include <strata/io/hdf5_writer.hpp>
#include <strata/io/keras_h5.hpp>
#include <strata/io/legacy_h5.hpp>
#include <strata/io/record.hpp>

namespace strata::inline STRATA_ISA::io {

/// The values of all weights, in the net's order; `lists` as weight_lists() gives them. The content of the file, not
/// its name, tells the layout: that of `save_weights` of Keras 3, or that of `save` to .h5 and of the older
/// `save_weights`. Throws file_error.
template <class T>
std::vector<std::vector<T>> hdf5_values(const hdf5_reader& reader, std::span<const weight_list> lists) {
    const auto load = [&](const auto& layout) {
        return choose_datasets(reader, layout, lists).template values<T>(reader);
    };
    if (reader.has_texts("", "layer_names")) return load(legacy_layout(reader, ""));
    if (reader.has_group("model_weights")) return load(legacy_layout(reader, "model_weights"));
    if (!reader.has_group("layers") && !lists.front().records.empty())
        throw file_error(reader.file(),
                         "is an HDF5 file without weights of Keras: expected a group layers or model_weights or an "
                         "attribute layer_names; save it with save_weights");
    return load(keras_h5_layout(reader));
}

template <class T>
std::vector<std::vector<T>> load_hdf5(const std::filesystem::path& file, std::span<const weight_list> lists) {
    const hdf5_session session;
    return hdf5_values<T>(hdf5_reader(file), lists);
}

/// The architecture that a file states; empty where it states none.
inline std::string hdf5_architecture(const std::filesystem::path& file) {
    const hdf5_session session;
    const hdf5_reader reader(file);
    const std::string key(architecture_key);
    return reader.has_texts("", key) ? reader.text("", key) : std::string();
}

/// Writes all records as float32 or float64, as T is: in Keras 3's layout to `.weights.h5`, in the older one to any
/// other name. Keras reads both with `load_weights`. `orders` as in weight_sequence; empty where no order matters. A
/// failed save throws file_error and leaves the old file. `architecture` is that of architecture_text.hpp.
template <class T>
void save_hdf5(const std::filesystem::path& file, std::span<const weight_record> records,
               std::span<const std::vector<T>> values, const std::string& architecture,
               const std::string& orders = {}) {
    std::string name = internal::path_text(file.filename());
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const hdf5_session session;
    hdf5_writer writer(file);
    if (name.ends_with(".weights.h5")) save_keras_h5<T>(writer, records, values);
    else save_legacy_h5<T>(writer, records, values);
    writer.add_text("", std::string(architecture_key), architecture);
    if (!orders.empty()) writer.add_text("", orders_attribute, orders);
    writer.write();
}

}  // namespace strata::inline STRATA_ISA::io
