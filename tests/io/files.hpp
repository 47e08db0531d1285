// Shared by the tests of weight files: a folder that goes away, whole files as strings, the text of an error.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include <strata/core/file_error.hpp>

/// A folder of its own for each test.
struct folder {
    std::filesystem::path path;
    folder() {
        static int serial = 0;
        path = std::filesystem::temp_directory_path() /
               ("strata-files-" + std::to_string(::getpid()) + "-" + std::to_string(++serial));
        std::filesystem::create_directories(path);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code code;
        std::filesystem::remove_all(path, code);
    }

    std::filesystem::path operator/(std::string_view name) const { return path / name; }
};

inline std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

/// The message of a call that must fail; empty where it did not fail.
template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const strata::file_error& error) {
        return error.what();
    }
    return {};
}

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
