// file_error: what every reader and writer of files throws.
#pragma once

#include <exception>
#include <filesystem>
#include <new>
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

namespace internal {

/// Gives what f() gives. Any exception of the standard library that leaves f comes out as a file_error.
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
