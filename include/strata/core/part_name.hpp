// part_name: names of temporary files, `<name>.part-<process>-<number>`, and names that no file can have.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <strata/core/file_error.hpp>
#include <strata/core/where_used.hpp>

namespace strata::internal {

/// Throws where a path has a zero byte: the system would read the path up to there only.
template <class = where_used>
void require_whole_path(const std::filesystem::path& file) {
    if (file.native().find(std::filesystem::path::value_type{}) != std::filesystem::path::string_type::npos)
        throw file_error(file.c_str(), "has a zero byte in its name; give it another name");
}

/// The beginning of the names of a target's temporary files. Room for the ending is left within the 255 units that a
/// name may have.
template <class = where_used>
std::filesystem::path::string_type part_prefix(const std::filesystem::path& target) {
    std::filesystem::path::string_type name = target.filename().native();
    constexpr std::size_t most = 200;
    if (name.size() > most) {
        // A UTF-16 name is not cut within a pair of surrogates.
        const bool splits_pair = sizeof(name[0]) > 1 && (name[most - 1] & 0xfc00) == 0xd800;
        name.resize(splits_pair ? most - 1 : most);
    }
    return name + std::filesystem::path(".part-").native();
}

/// The process of the ending `<process>-<number>` of a temporary name; nothing where the ending is another one.
template <class = where_used>
std::optional<int> part_process(std::string_view ending) {
    int process = 0;
    unsigned long long number = 0;
    const char* const end = ending.data() + ending.size();
    const auto [dash, bad] = std::from_chars(ending.data(), end, process);
    if (bad != std::errc{} || process <= 0 || dash == end || *dash != '-') return std::nullopt;
    const auto [last, bad_number] = std::from_chars(dash + 1, end, number);
    if (bad_number != std::errc{} || last != end) return std::nullopt;
    return process;
}

}  // namespace strata::internal
