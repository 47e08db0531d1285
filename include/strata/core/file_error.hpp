// file_error: what every reader and writer of files throws.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace strata {

/// A file that cannot be read or written: the message names the file, the place in it, what was expected, what was
/// found and what to do.
class file_error : public std::runtime_error {
public:
    file_error(const std::filesystem::path& file, const std::string& what)
        : std::runtime_error("strata: " + file.string() + ": " + what) {}
};

}  // namespace strata
