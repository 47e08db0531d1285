// What keras_roundtrip.py runs: weights_tool NET {load FILE INPUTS OUTPUTS | save FILE}...
// Inputs and outputs are raw floats. NET is a name of ../golden/data/files/files.inc, frozen, torch_image or
// torch_sentence.
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/strata.hpp>

namespace {

using namespace strata;

std::vector<float> read_floats(const std::filesystem::path& file) {
    std::vector<float> values(std::filesystem::file_size(file) / sizeof(float));
    std::ifstream in(file, std::ios::binary);
    if (!in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float))))
        throw std::runtime_error("cannot read " + file.string());
    return values;
}
void write_floats(const std::filesystem::path& file, const std::vector<float>& values) {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

template <class Net>
void run(Net net, std::span<const std::string> words) {
    auto model = net.build();
    for (std::size_t i = 0; i < words.size();) {
        if (words[i] == "load" && words.size() - i >= 4) {
            model.load_weights(words[i + 1]);
            write_floats(words[i + 3], model.predict(read_floats(words[i + 2])));
            i += 4;
        } else if (words[i] == "save" && words.size() - i >= 2) {
            model.save_weights(words[i + 1]);
            i += 2;
        } else {
            throw std::runtime_error("expected load FILE INPUTS OUTPUTS or save FILE, got " + words[i]);
        }
    }
}

}  // namespace

int main(int count, char** words) try {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (arguments.size() < 2)
        throw std::runtime_error("usage: weights_tool NET {load FILE INPUTS OUTPUTS | save FILE}...");
    const std::span<const std::string> commands = std::span(arguments).subspan(1);
#define WEIGHT_FILE(stem, filename, ...) \
    if (arguments[0] == #stem) return run(__VA_ARGS__, commands), 0;
#include GOLDEN_FILES
    WEIGHT_FILE(frozen, "", Sequential{Input<4>{}, Sequential{Dense<4, frozen>{}, Dense<4>{}}, Dense<3>{}})
    WEIGHT_FILE(torch_image, "",
                Sequential{Input<8, 7, 3>{}, Conv2D<6, 3, name<"stem">>{}, GroupNormalization<2, epsilon<1e-5>>{},
                           PReLU<shared_axes<1, 2>>{}, Flatten<>{}, Dense<5>{}, LayerNormalization<epsilon<1e-5>>{}})
    WEIGHT_FILE(torch_sentence, "",
                Sequential{Input<5>{}, Embedding<9, 4>{}, RMSNormalization<>{}, Flatten<>{}, Dense<3>{}})
    throw std::runtime_error("no net is called " + arguments[0]);
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
