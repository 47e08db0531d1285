// whole_file: the bytes of a file, in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>
#include <strata/data/reading_progress.hpp>

namespace strata::inline STRATA_ISA::detail {

/// `expected` says in messages what the file should be: `a .csv file`. Throws file_error.
inline std::string whole_file(const std::filesystem::path& file, std::string_view expected, bool show_progress) {
    return internal::with_file_errors(file, [&] {
        const internal::input_file in(file, expected);
        std::string bytes(static_cast<std::size_t>(in.size()), '\0');
        reading_progress progress(file, show_progress);
        constexpr std::size_t part = std::size_t{1} << 16;
        for (std::size_t done = 0; done < bytes.size(); done += part) {
            in.read(done, bytes.data() + done, std::min(part, bytes.size() - done));
            progress.update(done, bytes.size());
        }
        return bytes;
    });
}

}  // namespace strata::inline STRATA_ISA::detail
