// source_file: the files that front ends read: JSON, members of archives, arrays of numpy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "graph.hpp"

namespace convert {

using json = nlohmann::json;

/// Says on the error stream how far a task of more than 64 MB is, at each tenth.
class progress {
public:
    progress(std::string task, std::uint64_t all);
    void advance(std::uint64_t bytes);

private:
    std::string task_;
    std::uint64_t all_, done_ = 0, shown_ = 0;
};

/// The bytes of a regular file; a FIFO, a device or a folder is refused.
std::string read_file(const std::filesystem::path& file);

/// Parses JSON. Refuses more than 200 nested lists and objects; `of` names the text in messages.
json parse_json(const std::string& text, const std::string& of);

/// An archive of Keras or numpy. Members are found by their exact name; nothing is unpacked to the name that a member
/// has. Refuses members whose name leads out of the archive.
class archive {
public:
    explicit archive(const std::filesystem::path& file);
    archive(const archive&) = delete;
    archive& operator=(const archive&) = delete;
    ~archive();

    bool has(const std::string& member) const;
    std::vector<std::string> members() const;
    /// A member's bytes, at most `most`; a problem where it is larger, missing or damaged.
    std::string read(const std::string& member, std::uint64_t most) const;
    /// Writes a member to a file, as `read`.
    void extract(const std::string& member, std::uint64_t most, const std::filesystem::path& to) const;
    std::uint64_t file_size() const { return size_; }

private:
    template <class Sink>
    void copy(const std::string& member, std::uint64_t most, Sink sink) const;

    void* zip_ = nullptr;
    std::uint64_t size_ = 0;
};

/// An array of an .npz file.
struct named_array {
    std::string name;
    array values;
};
std::vector<named_array> read_npz(const std::filesystem::path& file);

/// A file of this process alone, removed at the end.
class temporary_file {
public:
    temporary_file();
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file();

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace convert
