// Saving and loading the state of a training, as .safetensors.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/state.hpp>

namespace strata::inline STRATA_ISA {

template <class T>
struct state_files {
    static void save(const std::filesystem::path& file, std::vector<state_array<T>> arrays) {
        const auto records = list_of(file, arrays).records;
        std::vector<std::vector<T>> values;
        for (state_array<T>& array : arrays) values.push_back(std::move(array.values));
        io::save_safetensors<T>(file, records, values);
    }
    static void load(const std::filesystem::path& file, std::vector<state_array<T>>& arrays) {
        auto values = io::load_safetensors<T>(file, std::array{list_of(file, arrays)});
        for (std::size_t i = 0; i < arrays.size(); ++i) arrays[i].values = std::move(values[i]);
    }

private:
    static io::weight_list list_of(const std::filesystem::path& file, const std::vector<state_array<T>>& arrays) {
        if (io::extension_of(file) != ".safetensors")
            throw file_error(file, "a checkpoint has the extension .safetensors; give it that name");
        io::weight_list list;
        for (const state_array<T>& array : arrays) {
            list.places.push_back(list.places.size());
            list.records.push_back({.path = array.path,
                                    .type = "checkpoint",
                                    .name = array.name,
                                    .group = array.path,
                                    .extents = array.extents});
        }
        return list;
    }
};

}  // namespace strata::inline STRATA_ISA
