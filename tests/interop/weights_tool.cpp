// Run by keras_roundtrip.py and torch_conversion.py: weights_tool NET {load FILE INPUTS OUTPUTS | save FILE}...
// NET is a name of ../golden/data/files/files.inc or of LAYER_TORCH in ../layers/layers.inc, frozen, torch_image or
// torch_sentence.
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "commands.hpp"

using namespace strata;

int main(int count, char** words) try {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (arguments.size() < 2)
        throw std::runtime_error("usage: weights_tool NET {load FILE INPUTS OUTPUTS | save FILE}...");
    const std::span<const std::string> commands = std::span(arguments).subspan(1);
#define WEIGHT_FILE(stem, filename, ...) \
    if (arguments[0] == #stem) return run(__VA_ARGS__, commands), 0;
#include GOLDEN_FILES
#define LAYER_TORCH(name, ...) \
    if (arguments[0] == #name) return run(__VA_ARGS__, commands), 0;
#include "../layers/layers.inc"
    WEIGHT_FILE(frozen, "", Sequential{Input<4>{}, Sequential{Dense<4, frozen>{}, Dense<4>{}}, Dense<3>{}})
    WEIGHT_FILE(torch_image, "",
                Sequential{Input<8, 7, 3>{}, Conv2D<6, 3, name<"stem">>{}, PReLU<shared_axes<1, 2>>{}, Flatten<>{},
                           Dense<5>{}, LayerNormalization<epsilon<1e-5>>{}})
    WEIGHT_FILE(torch_sentence, "",
                Sequential{Input<5>{}, Embedding<9, 4>{}, RMSNormalization<>{}, Flatten<>{}, Dense<3>{}})
    throw std::runtime_error("no net is called " + arguments[0]);
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
