// file_error: the exception of all readers and writers of files.
#pragma once

#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

namespace strata {

namespace internal {

/// The name of a file as UTF-8 text, whatever the system's names are made of.
inline std::string path_text(const std::filesystem::path& file) {
    const std::u8string text = file.u8string();
    return {text.begin(), text.end()};
}
/// The file of a name in UTF-8.
inline std::filesystem::path path_of(const std::string& text) { return std::u8string(text.begin(), text.end()); }

}  // namespace internal

/// A file that cannot be read or written. The message names the file, the location in it, the expected and the found
/// content, and the fix.
class file_error : public std::runtime_error {
public:
    file_error(const std::filesystem::path& file, const std::string& message)
        : std::runtime_error("strata: " + internal::path_text(file) + ": " + message) {}
};

namespace internal {

/// Calls f and returns its result. Any exception of the standard library that f throws becomes a file_error.
template <class F>
decltype(auto) with_file_errors(const std::filesystem::path& file, F f) {
    try {
        return f();
    } catch (const file_error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw file_error(file, "needs more memory than there is");
    } catch (const std::length_error&) {
        throw file_error(file, "needs more memory than there is");
    } catch (const std::exception& error) {
        throw file_error(file, error.what());
    }
}

}  // namespace internal

}  // namespace strata
