// npz: numpy's archive of arrays. Needs libzip; io/weights.hpp includes it under STRATA_WITH_LIBZIP.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/shape.hpp>
#include <strata/io/architecture_text.hpp>
#include <strata/io/name_match.hpp>
#include <strata/io/npy.hpp>
#include <strata/io/record.hpp>
#include <strata/io/zip_archive.hpp>

namespace strata::inline STRATA_ISA::io {

/// Reads a member's header. Throws file_error where the member is no array of numpy.
inline npy_header read_npy_header(const zip_reader& archive, zip_reader::member& member, const std::string& name) {
    try {
        return read_npy_header([&](std::size_t count) { return member.read(count); });
    } catch (const std::invalid_argument& error) {
        throw file_error(archive.file(), name + " " + error.what());
    }
}

/// The array that holds the architecture.
inline std::string architecture_member() { return std::string(architecture_key) + ".npy"; }

/// The architecture that a file states; empty where it states none.
inline std::string npz_architecture(const std::filesystem::path& file) {
    constexpr std::size_t longest = std::size_t{1} << 24;
    const zip_reader archive(file);
    const std::vector<std::string> names = archive.names();
    const auto found = std::find(names.begin(), names.end(), architecture_member());
    if (found == names.end()) return {};
    zip_reader::member member(archive, static_cast<std::size_t>(found - names.begin()), *found);
    const npy_header header = read_npy_header(archive, member, *found);
    if (header.type != "|u1" || header.extents.size() != 1 || header.extents[0] > longest) return {};
    return member.read(header.extents[0]);
}

/// The values of all weights, in the net's order; match_names finds the array of each weight. Type and shape are
/// checked before memory is allocated.
template <class T>
std::vector<std::vector<T>> load_npz(const std::filesystem::path& file, std::span<const weight_list> lists) {
    constexpr std::string_view ending = ".npy";
    const zip_reader archive(file);
    std::vector<std::string> names;
    std::vector<std::size_t> members;
    for (std::size_t i = 0; const std::string& name : archive.names()) {
        if (!name.ends_with(ending))
            throw file_error(file, name + " is no array of numpy; load what numpy's savez or strata wrote");
        if (name != architecture_member()) {
            names.push_back(name.substr(0, name.size() - ending.size()));
            members.push_back(i);
        }
        ++i;
    }
    // Headers are read only where shapes have to decide, and for the arrays that are loaded.
    const auto fits = [&](const weight_record& wanted, std::size_t i) {
        zip_reader::member member(archive, members[i], names[i]);
        return read_npy_header(archive, member, names[i]).has_shape(wanted.extents);
    };
    const std::vector<std::size_t> chosen = match_names(file, lists, names, fits);
    const std::vector<weight_record>& wanted = lists.front().records;
    std::vector<std::vector<T>> values;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string& name = names[chosen[i]];
        zip_reader::member member(archive, members[chosen[i]], name);
        const npy_header header = read_npy_header(archive, member, name);
        if (!header.is_float() && !(wanted[i].is_integer && header.is_integer()))
            throw file_error(file, wanted[i].where() + ": expected values of type <f4, <f8 or <f2, found " +
                                       header.type + " in " + name + "; save the model in float32");
        if (!header.has_shape(wanted[i].extents)) refuse_shape(file, wanted[i], header.shape_text() + " in " + name);
        const std::string bytes = member.read(wanted[i].extents.size() * header.width());
        member.expect_end();
        values.push_back(npy_values<T>(header, bytes));
    }
    return values;
}

/// Writes all records as float32 or float64, as T is, integers as int32; `numpy.load` gives them by their names
/// (`dense/kernel`). A failed save throws file_error and leaves the old file.
template <class T>
void save_npz(const std::filesystem::path& file, std::span<const weight_record> records,
              std::span<const std::vector<T>> values, const std::string& architecture) {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                  "strata: .npz files hold weights of float or double");
    zip_writer archive(file);
    const auto bytes_of = [](const auto& numbers) {
        return std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(numbers[0]));
    };
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string name = records[i].full_name() + ".npy";
        if (records[i].is_integer) {
            std::vector<std::int32_t> whole;
            for (const T value : values[i]) whole.push_back(as_integer(value));
            archive.add(name, npy_bytes("<i4", records[i].extents, bytes_of(whole)));
        } else {
            archive.add(name, npy_bytes(sizeof(T) == 4 ? "<f4" : "<f8", records[i].extents, bytes_of(values[i])));
        }
    }
    archive.add(architecture_member(), npy_bytes("|u1", shape{architecture.size()}, architecture));
    archive.write();
}

}  // namespace strata::inline STRATA_ISA::io
