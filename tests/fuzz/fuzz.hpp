// fuzz: parts of the programs that give bytes of libFuzzer to a reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace fuzz {

/// A folder of this process, on a file system in memory.
inline const std::filesystem::path& folder() {
    static const std::filesystem::path made = [] {
        std::filesystem::path path = "/dev/shm/strata-fuzz-" + std::to_string(::getpid());
        std::filesystem::create_directories(path);
        static const struct cleaner {
            std::filesystem::path path;
            ~cleaner() { std::filesystem::remove_all(path); }
        } at_exit{path};
        return path;
    }();
    return made;
}

inline std::filesystem::path write(const std::string& name, std::string_view bytes) {
    const std::filesystem::path file = folder() / name;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

[[noreturn]] inline void fail(std::string_view message) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
    std::abort();
}

/// A reader may refuse a file with these exceptions. All others end the program.
template <class... Allowed, class Read>
void read_or_refuse(Read read) {
    try {
        read();
    } catch (const std::exception& found) {
        if (!(... || (dynamic_cast<const Allowed*>(&found) != nullptr))) fail(found.what());
        if (std::string_view(found.what()).size() > 2000) fail("a message of more than 2000 characters");
    }
}

}  // namespace fuzz
