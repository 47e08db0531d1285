// sound_test: shared by the tests of examples that play sound: files as samples, programs that are run.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <sndfile.hh>
#include <stdexcept>
#include <string>
#include <vector>

namespace example {

/// The samples of a file with one channel. Throws std::runtime_error.
inline std::vector<float> read_sound(const std::filesystem::path& file) {
    SndfileHandle handle(file.string());
    std::vector<float> result(static_cast<std::size_t>(handle.frames()));
    if (handle.error() != 0 || handle.channels() != 1 || handle.readf(result.data(), handle.frames()) == 0)
        throw std::runtime_error(file.string() + ": " + handle.strError());
    return result;
}
/// Runs a program; throws std::runtime_error where it fails.
inline void run(const std::string& command) {
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}
/// A path as one word of a command.
inline std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

}  // namespace example
