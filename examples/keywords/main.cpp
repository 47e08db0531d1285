// Keyword spotting: a net learns eight spoken words, and understands voices that it has not heard.
// usage: keywords FOLDER      FOLDER is made by make_sounds.py, which needs espeak-ng
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"
#include "sounds.hpp"

namespace {

using namespace strata;

constexpr std::array words{"yes", "no", "up", "down", "left", "right", "stop", "go"};
using sounds = Dataset<float, shape{keywords::frames, keywords::bands}, int>;

/// All sounds of a folder that has a folder for each word.
sounds read_words(const std::filesystem::path& folder) {
    sounds data;
    for (std::size_t word = 0; word < words.size(); ++word) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder / words[word]))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& file : files)
            data.push_back(keywords::spectrogram(keywords::read_sound(file)), static_cast<int>(word));
    }
    return data;
}

int learn(const std::filesystem::path& folder) {
    const sounds train = read_words(folder / "train"), test = read_words(folder / "test");
    std::printf("%zu sounds to learn from, %zu of other voices\n", train.size(), test.size());
    // [train]
    constexpr auto net = Sequential{
        Input<keywords::frames, keywords::bands>{},
        Conv1D<32, 5, ReLU>{},
        MaxPooling1D<2>{},
        Conv1D<32, 5, ReLU>{},
        GlobalMaxPooling1D<>{},
        Dropout<0.3>{},
        Dense<words.size()>{},
    };
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.002}, SparseCategoricalCrossentropy{.from_logits = true},
                           SparseCategoricalAccuracy{});
    trainer.fit(train, {.epochs = 20, .verbose = 0});
    const std::vector<int> heard = argmax(model.predict(test.inputs()), words.size());
    // [/train]
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.size(); ++i) right += heard[i] == test.label(i)[0] ? 1u : 0u;
    const double share = static_cast<double>(right) / static_cast<double>(test.size());
    std::printf("%.0f %% of the words of other voices are understood\n", 100 * share);
    example::check(share > 0.85, "they are more than 85 %");
    return example::exit_code();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: keywords FOLDER, which examples/keywords/make_sounds.py makes\n");
        return 2;
    }
    try {
        return learn(argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "keywords: %s\n", error.what());
        return 2;
    }
}
