// state: saves and loads the state of a training, as .safetensors.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>
#include <strata/io/checksum.hpp>
#include <strata/io/record.hpp>
#include <strata/io/safetensors.hpp>
#include <strata/io/weights.hpp>
#include <strata/model/state.hpp>

namespace strata::inline STRATA_ISA {

/// A checkpoint is a .safetensors file. Its metadata begins with a checksum of the whole file, in which the digits of
/// the checksum count as zeros; then come the format, a version, and the facts.
template <class T>
struct state_files {
    static void save(const std::filesystem::path& file, std::vector<state_array<T>> arrays,
                     const std::vector<state_fact>& facts = {}) {
        internal::with_file_errors(file, [&] {
            const auto records = list_of(file, arrays).records;
            std::vector<std::vector<T>> values;
            for (state_array<T>& array : arrays) values.push_back(std::move(array.values));
            if (facts.empty()) io::save_safetensors<T>(file, records, values);
            else save_checkpoint(file, records, values, facts);
        });
    }
    /// Refuses a file whose values mean nothing.
    static void require(const std::filesystem::path& file, bool condition, const char* message) {
        if (!condition) throw file_error(file, message);
    }
    static void load(const std::filesystem::path& file, std::vector<state_array<T>>& arrays,
                     const std::vector<state_fact>& facts = {}) {
        internal::with_file_errors(file, [&] {
            const auto list = list_of(file, arrays);
            const io::safetensors_file tensors(file);
            if (!facts.empty()) {
                check_header(tensors, facts);
                for (const io::weight_record& record : list.records)
                    if (tensors.find(record.full_name()) == nullptr)
                        throw file_error(file, "has no " + record.full_name() +
                                                   "; make the model as the one that was saved, names included");
            }
            auto values = io::tensor_values<T>(tensors, std::array{list});
            for (std::size_t i = 0; i < arrays.size(); ++i) arrays[i].values = std::move(values[i]);
        });
    }

private:
    /// Increases with every change of the content of checkpoints. Version 1 had no header.
    static constexpr std::string_view version = "2";
    static constexpr std::string_view no_checksum = "0000000000000000";
    /// The offset of the digits of the checksum: after the header's length and `{"__metadata__":{"checksum":"`.
    static constexpr std::string_view first_key = "{\"__metadata__\":{\"checksum\":\"";
    static constexpr std::size_t digits_begin = 8 + first_key.size();

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

    static void save_checkpoint(const std::filesystem::path& file, std::span<const io::weight_record> records,
                                std::span<const std::vector<T>> values, const std::vector<state_fact>& facts) {
        std::vector<state_fact> metadata{{"checksum", std::string(no_checksum)},
                                         {"format", std::string(io::checkpoint_format)},
                                         {"version", std::string(version)}};
        metadata.insert(metadata.end(), facts.begin(), facts.end());
        std::string header = io::safetensors_header(records, values, metadata);
        io::checksum sum;
        sum.add(header.data(), header.size());
        io::write_tensors(records, values, [&](const void* bytes, std::size_t count) { sum.add(bytes, count); });
        header.replace(digits_begin, no_checksum.size(), sum.text());
        replace_file(file, [&](auto& out) {
            out.write(header.data(), header.size());
            io::write_tensors(records, values, [&](const void* bytes, std::size_t count) { out.write(bytes, count); });
        });
    }

    static void check_header(const io::safetensors_file& tensors, const std::vector<state_fact>& facts) {
        const std::filesystem::path& file = tensors.file().path();
        const auto& metadata = tensors.metadata();
        const auto value_of = [&](std::string_view key) {
            const auto found = metadata.find(std::string(key));
            return found == metadata.end() ? std::string() : found->second;
        };
        if (value_of("format") != io::checkpoint_format)
            throw file_error(file, "is no checkpoint of this version of strata; give it what save_checkpoint wrote");
        if (value_of("version") != version)
            throw file_error(file, "is a checkpoint of version " + value_of("version") + ", expected version " +
                                       std::string(version) + "; save it again with this version of strata");
        if (checksum_of(tensors.file()) != value_of("checksum"))
            throw file_error(file, "is damaged: its checksum is another; take an older checkpoint");
        for (const state_fact& fact : facts)
            if (const std::string found = value_of(fact.key); found != fact.value)
                throw file_error(file, "holds a training with " + fact.key + " " + (found.empty() ? "(none)" : found) +
                                           ", this one has " + fact.key + " " + fact.value +
                                           "; make the trainer as the one that was saved");
        for (const auto& [key, value] : metadata)
            if (key != "checksum" && key != "format" && key != "version" &&
                std::none_of(facts.begin(), facts.end(), [&](const state_fact& fact) { return fact.key == key; }))
                throw file_error(file, "holds a training with " + key + " " + value +
                                           ", this one has none; make the trainer as the one that was saved");
    }
    static std::string checksum_of(const internal::input_file& file) {
        io::checksum sum;
        std::vector<char> part(std::size_t{1} << 20);
        for (std::uint64_t begin = 0; begin < file.size(); begin += part.size()) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), file.size() - begin));
            file.read(begin, part.data(), count);
            if (begin == 0)
                for (std::size_t i = digits_begin; i < std::min(count, digits_begin + no_checksum.size()); ++i)
                    part[i] = '0';
            sum.add(part.data(), count);
        }
        return sum.text();
    }
};

}  // namespace strata::inline STRATA_ISA
