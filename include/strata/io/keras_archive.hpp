// keras_archive: the .keras archives of Keras 3. Needs HDF5 and libzip; io/weights.hpp includes it where both are
// there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/hdf5.hpp>
#include <strata/io/json_text.hpp>
#include <strata/io/keras_h5.hpp>
#include <strata/io/record.hpp>
#include <strata/io/zip_archive.hpp>

namespace strata::inline STRATA_ISA::io {

inline constexpr std::string_view keras_weights_member = "model.weights.h5";

/// The bytes of a member of an archive, at most so many; empty where there is no such member.
inline std::string archive_member(const zip_reader& archive, std::string_view name, std::size_t most) {
    const std::vector<std::string> names = archive.names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return {};
    zip_reader::member member(archive, static_cast<std::size_t>(found - names.begin()), *found);
    return member.read_all(most);
}

/// The HDF5 file with the weights of an archive, of at most so many bytes.
inline std::string keras_weights(const std::filesystem::path& file, std::size_t most) {
    const zip_reader archive(file, "a .keras archive", "Keras' model.save");
    std::string bytes = archive_member(archive, keras_weights_member, most);
    if (bytes.empty())
        throw file_error(file, "has no " + std::string(keras_weights_member) + "; save it with Keras 3, model.save");
    return bytes;
}

/// The values of all weights of an archive, in the net's order; `lists` as weight_lists() gives them.
template <class T>
std::vector<std::vector<T>> load_keras(const std::filesystem::path& file, std::span<const weight_list> lists) {
    // An archive may have the state of an optimizer too. Compressed zeros may not fill the memory.
    std::size_t most = std::size_t{1} << 26;
    for (const weight_record& record : lists.front().records) most += 16 * sizeof(double) * record.extents.size();
    const std::string bytes = keras_weights(file, most);
    // In an archive the layers of branching layers are always layers of their models.
    std::vector<weight_list> joined{lists.front()};
    if (lists.size() > 1) joined.push_back(lists.back());
    const hdf5_session session;
    return hdf5_values<T>(hdf5_reader(file, bytes), joined);
}

/// The architecture that an archive states; empty where it states none.
inline std::string keras_architecture(const std::filesystem::path& file) {
    const zip_reader archive(file, "a .keras archive", "Keras' model.save");
    return archive_member(archive, std::string(architecture_key) + ".txt", std::size_t{1} << 24);
}

/// Writes an archive that Keras 3 opens with load_model: the configuration, and all records as float32 or float64, as T
/// is. A failed save throws file_error and leaves the old file.
template <class T>
void save_keras(const std::filesystem::path& file, const std::string& configuration,
                std::span<const weight_record> records, std::span<const std::vector<T>> values,
                const std::string& architecture, const std::string& orders) {
    zip_writer archive(file);
    // Keras reads neither of the two; the same content gives the same bytes.
    archive.add("metadata.json", "{\"keras_version\": \"3.0.0\", \"date_saved\": \"1980-01-01@00:00:00\"}");
    archive.add("config.json", configuration);
    {
        const hdf5_session session;
        hdf5_writer weights(file);
        save_keras_h5<T>(weights, records, values);
        if (!orders.empty()) weights.add_text("", orders_attribute, orders);
        archive.add(std::string(keras_weights_member), weights.image());
    }
    archive.add(std::string(architecture_key) + ".txt", architecture);
    archive.write();
}

}  // namespace strata::inline STRATA_ISA::io
