// replace_file: writes beside the target and renames, so that a failed save leaves the old file.
#pragma once

#include <filesystem>
#include <string_view>

#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>

namespace strata {

/// Calls write(out), which fills the new file by out.write(bytes, count), then puts it in the place of the old one;
/// internal::replacement_file says how. Where write throws, the old file stays and nothing else is left. Throws
/// file_error.
template <class Write>
void replace_file(const std::filesystem::path& file, Write write) {
    internal::with_file_errors(file, [&] {
        internal::replacement_file out(file);
        write(out);
        out.commit();
    });
}

/// Makes or replaces a file that holds these bytes.
inline void replace_file_by(const std::filesystem::path& file, std::string_view bytes) {
    replace_file(file, [&](internal::replacement_file& out) { out.write(bytes.data(), bytes.size()); });
}

}  // namespace strata
