// replace_file: writes beside the target and renames, so that a failed save leaves the old file.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include <strata/core/file_error.hpp>

namespace strata {

/// Calls write(path) with a temporary name in the target's folder, then renames; where write throws, nothing is left
/// behind.
template <class Write>
void replace_file(const std::filesystem::path& file, Write write) {
    static std::atomic<unsigned> serial{0};
    if (std::filesystem::is_directory(file)) throw file_error(file, "is a folder; give the name of a file");
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder))
        throw file_error(file, "the folder " + folder.string() + " does not exist; make it first");
    std::filesystem::path temporary = file;
    temporary += ".part-" + std::to_string(::getpid()) + "-" + std::to_string(++serial);
    std::error_code code;
    try {
        write(temporary);
        std::filesystem::rename(temporary, file, code);
        if (code) throw file_error(file, "cannot be replaced: " + code.message());
    } catch (...) {
        std::filesystem::remove(temporary, code);
        throw;
    }
}

/// Makes or replaces a file that holds these bytes.
inline void replace_file_by(const std::filesystem::path& file, std::string_view bytes) {
    replace_file(file, [&](const std::filesystem::path& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (!out) throw file_error(file, "cannot be written: is the disk full, may the folder be written?");
    });
}

}  // namespace strata
