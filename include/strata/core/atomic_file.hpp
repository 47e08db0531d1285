// replace_file: writes a temporary file and renames it, so that a failed save leaves the old file.
#pragma once

#include <filesystem>
#include <string_view>

#include <strata/core/file_error.hpp>
#include <strata/core/files_check.hpp>
#include <strata/core/native_file.hpp>
#include <strata/core/where_used.hpp>

namespace strata {

/// Calls write(out), which fills the new file by out.write(bytes, count), then replaces the old file; see
/// internal::replacement_file. Where write throws, the old file stays and the new one is removed. Throws file_error.
template <class Write>
void replace_file(const std::filesystem::path& file, Write write) {
    internal::with_file_errors(file, [&] {
        internal::replacement_file out(file);
        write(out);
        out.commit();
    });
}

/// Makes or replaces a file that holds these bytes.
template <class = internal::where_used>
void replace_file_by(const std::filesystem::path& file, std::string_view bytes) {
    replace_file(file, [&](internal::replacement_file& out) { out.write(bytes.data(), bytes.size()); });
}

template <class>
struct internal::whole_files {
    static void replace(const std::filesystem::path& file, std::string_view bytes) { replace_file_by(file, bytes); }
};

}  // namespace strata
