// file_error: the exception of all readers and writers of files.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include <strata/core/where_used.hpp>

namespace strata {

namespace internal {

/// The name of a file as UTF-8 text, whatever the system's names are made of.
template <class = where_used>
std::string path_text(const std::filesystem::path& file) {
    const std::u8string text = file.u8string();
    return {text.begin(), text.end()};
}
/// The file of a name in UTF-8.
template <class = where_used>
std::filesystem::path path_of(const std::string& text) {
    return std::u8string(text.begin(), text.end());
}

/// A message that may hold texts of a file, for a terminal: control characters are `?`, and of a long message the
/// middle is left out.
template <class = where_used>
std::string shown_message(std::string text) {
    constexpr std::size_t most = 1500, last = 300;
    constexpr std::string_view gap = " ... ";
    if (text.size() > most) {
        std::size_t begin = most - last, end = text.size() - last;
        const auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0u) == 0x80u; };
        while (begin > 0 && is_inside(begin)) --begin;  // a character of UTF-8 stays whole
        while (end < text.size() && is_inside(end)) ++end;
        text.replace(begin, end - begin, gap);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto code = static_cast<unsigned char>(text[i]);
        const bool is_second =
            i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xc2u && code >= 0x80u && code < 0xa0u;
        if (is_second) text[i - 1] = '?';
        if (code < 0x20u || code == 0x7fu || is_second) text[i] = '?';
    }
    return text;
}

}  // namespace internal

/// A file that cannot be read or written. The message names the file, the location in it, the expected and the found
/// content, and the fix. A text of the file in it has no control characters and at most 1500 bytes.
class file_error : public std::runtime_error {
public:
    template <class = internal::where_used>
    file_error(const std::filesystem::path& file, const std::string& message)
        : std::runtime_error("strata: " + internal::path_text(file) + ": " + internal::shown_message(message)) {}
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
