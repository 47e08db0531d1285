// Commands of the programs of this folder: {load FILE INPUTS OUTPUTS | save FILE}... Inputs and outputs
// are raw floats.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../model/one_by_one.hpp"

inline std::vector<float> read_floats(const std::filesystem::path& file) {
    std::vector<float> values(std::filesystem::file_size(file) / sizeof(float));
    std::ifstream in(file, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float))))
        throw std::runtime_error("cannot read " + file.string());
    return values;
}
inline void write_floats(const std::filesystem::path& file, const std::vector<float>& values) {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

/// `load_layer(model, FILE)` answers the command load_layer FILE.
template <class Net, class LoadLayer>
void run(Net net, std::span<const std::string> words, LoadLayer load_layer) {
    auto model = net.build();
    for (std::size_t i = 0; i < words.size();) {
        if (words[i] == "load" && words.size() - i >= 4) {
            model.load_weights(words[i + 1]);
            write_floats(words[i + 3], outputs_of(model, read_floats(words[i + 2])));
            i += 4;
        } else if (words[i] == "save" && words.size() - i >= 2) {
            model.save_weights(words[i + 1]);
            i += 2;
        } else if (words[i] == "load_layer" && words.size() - i >= 2) {
            load_layer(model, words[i + 1]);
            i += 2;
        } else {
            throw std::runtime_error("expected load FILE INPUTS OUTPUTS or save FILE, got " + words[i]);
        }
    }
}
template <class Net>
void run(Net net, std::span<const std::string> words) {
    run(net, words, [](auto&, const std::string&) { throw std::runtime_error("no layer is loaded of this net"); });
}
