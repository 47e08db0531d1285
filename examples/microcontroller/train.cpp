// Trains the net of the example on a desktop machine and saves its weights, which are committed.
// usage: microcontroller_train WEIGHTS.safetensors [DIGITS_FOLDER]
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>

#include <strata/strata.hpp>

#include "../train_digits/data.hpp"
#include "picture.hpp"

#if !defined(DIGITS_FOLDER)
#define DIGITS_FOLDER "examples/digits"
#endif

namespace {

using namespace strata;

// Dropout has no weights and does nothing at inference: the weights are those of the net in net.hpp.
constexpr auto net = Sequential{Input<784>{},      Dropout<0.2>{},    Dense<32, ReLU>{},
                                Dense<32, ReLU>{}, Dense<32, ReLU>{}, Dense<10, Softmax>{}};
constexpr std::size_t batch_size = 32, epochs = 15;
using samples = Dataset<float, shape{784}, int>;

samples enlarged(const digits::dataset& from) {
    samples data;
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::array<std::uint8_t, digits::small_size> pixels{};
        for (std::size_t p = 0; p < pixels.size(); ++p)
            pixels[p] = static_cast<std::uint8_t>(from.input(i)[p] * digits::brightest_pixel);
        std::array<float, digits::large_size> values{};
        digits::enlarge(pixels, values);
        data.push_back(values, from.label(i)[0]);
    }
    return data;
}

void train(const std::filesystem::path& file, const std::filesystem::path& folder) {
    const digits::images images(folder);
    const samples seen = enlarged(digits::shifted(images.training()));
    const samples held_back = enlarged(digits::dataset_of(images.held_back()));
    auto model = net.build({.seed = 7});
    const std::size_t steps = epochs * ((seen.size() + batch_size - 1) / batch_size);
    auto trainer = compile(
        model,
        AdamW{.learning_rate = CosineDecay{.initial_learning_rate = 0.003, .decay_steps = steps}, .weight_decay = 0.1},
        SparseCategoricalCrossentropy{}, Accuracy{});
    trainer.fit(seen, {.batch_size = batch_size, .epochs = epochs, .verbose = 0});
    std::printf("%.2f %% of %zu images that training did not see are right\n",
                100.0 * trainer.evaluate(held_back)["accuracy"], held_back.size());
    model.save_weights(file);
}

}  // namespace

int main(int count, char** arguments) try {
    if (count < 2) {
        std::fprintf(stderr, "usage: %s WEIGHTS.safetensors [DIGITS_FOLDER]\n", arguments[0]);
        return 1;
    }
    train(arguments[1], count > 2 ? arguments[2] : DIGITS_FOLDER);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
