// mapped_file: a file as memory that is only read, shared by all processes that map it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <strata/core/file_error.hpp>
#include <strata/core/native_file.hpp>
#include <strata/core/where_used.hpp>

namespace strata {

/// A file as memory that is only read. Opening reads nothing: pages are read when they are used first. Copies share the
/// memory, and what is bound to it keeps it. A file must not become shorter while it is mapped: a program that reads
/// past its new end is stopped by the system. Files of strata are replaced by new ones and never changed in place.
/// Windows replaces no file that is mapped: a save to its name throws file_error.
class mapped_file {
public:
    /// Throws file_error where the file is missing, is no regular file, or cannot be mapped. `expected` says in
    /// messages what the file should be.
    template <class = internal::where_used>
    explicit mapped_file(const std::filesystem::path& file, std::string_view expected = "a file of weights")
        : path_(file), mapping_(std::make_shared<internal::file_mapping>(file, expected)) {}

    const std::filesystem::path& path() const { return path_; }
    std::size_t size() const { return mapping_->size(); }
    const std::byte* data() const { return static_cast<const std::byte*>(mapping_->data()); }
    std::string_view text() const { return {reinterpret_cast<const char*>(data()), size()}; }

    /// The values of T from a byte on, as they lie in the file. Throws file_error where they do not lie in it, or where
    /// they are not aligned for T.
    template <class T>
    std::span<const T> values(std::size_t begin, std::size_t count) const {
        if (begin > size() || count > (size() - begin) / sizeof(T))
            throw file_error(path_, "has " + std::to_string(size()) + " bytes, expected " + std::to_string(count) +
                                        " values of " + std::to_string(sizeof(T)) + " bytes from byte " +
                                        std::to_string(begin) + " on; is it complete?");
        const std::byte* const first = data() + begin;
        if (reinterpret_cast<std::uintptr_t>(first) % alignof(T) != 0)
            throw file_error(path_, "its values begin at byte " + std::to_string(begin) + ", which is no multiple of " +
                                        std::to_string(alignof(T)) + "; save it with its values aligned");
        return {reinterpret_cast<const T*>(first), count};
    }
    /// A pointer to a place in the file that keeps the file mapped.
    template <class T>
    std::shared_ptr<const T> share(const T* place) const {
        return {mapping_, place};
    }

private:
    std::filesystem::path path_;
    std::shared_ptr<internal::file_mapping> mapping_;
};

}  // namespace strata
