// settings: what the programs that time whole models take on their command lines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct settings {
    std::filesystem::path folder;
    std::size_t threads = 1, batch = 0;
    double seconds = 0.0;
    std::vector<std::string> nets;

    bool wants(const std::string& net) const {
        return nets.empty() || std::find(nets.begin(), nets.end(), net) != nets.end();
    }
    bool wants(std::size_t size) const { return batch == 0 || batch == size; }
};

/// [--folder FOLDER] [--threads N] [--batch N] [--seconds S] [NET...]; without --seconds it is `seconds`.
inline settings parse(int count, char** arguments, double seconds) {
    settings how;
    how.seconds = seconds;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument.starts_with("--") && i + 1 < count) {
            const std::string value = arguments[++i];
            if (argument == "--folder") how.folder = value;
            else if (argument == "--threads") how.threads = std::stoul(value);
            else if (argument == "--batch") how.batch = std::stoul(value);
            else if (argument == "--seconds") how.seconds = std::stod(value);
            else std::exit(2);
        } else {
            how.nets.emplace_back(argument);
        }
    }
    return how;
}
