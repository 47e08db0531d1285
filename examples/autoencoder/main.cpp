// An autoencoder: images of 64 pixels pass through 8 numbers and become images again. Draws pictures before and after.
// usage: autoencoder [OUTPUT_FOLDER [DIGITS_FOLDER]]
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"

#if !defined(DIGITS_FOLDER)
#define DIGITS_FOLDER "examples/digits"
#endif

namespace {

using namespace strata;

constexpr std::size_t side = 8, pixels = side * side;

/// Two rows of images as squares of gray: the first ones, and what the net made of them.
std::string drawing(std::span<const float> before, std::span<const float> after, std::size_t count) {
    constexpr std::size_t scale = 6, step = (side + 1) * scale;
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(count * step) +
                      "\" height=\"" + std::to_string(2 * step) + "\">\n";
    for (std::size_t row = 0; row < 2; ++row)
        for (std::size_t i = 0; i < count * pixels; ++i) {
            const float value = std::clamp((row == 0 ? before : after)[i], 0.0f, 1.0f);
            const std::string gray = std::to_string(static_cast<int>(255 * (1 - value)));
            const std::size_t x = i / pixels * step + i % side * scale, y = row * step + i % pixels / side * scale;
            svg += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                   std::to_string(scale) + "\" height=\"" + std::to_string(scale) + "\" fill=\"rgb(" + gray + "," +
                   gray + "," + gray + ")\"/>\n";
        }
    return svg + "</svg>\n";
}

int compress(const std::filesystem::path& output, const std::filesystem::path& folder) {
    // [data]
    const auto digits = read_idx_dataset<shape{pixels}>(folder / "digits-images.idx3-ubyte",
                                                        folder / "digits-labels.idx1-ubyte", 1 / 16.0f);
    Dataset<float, shape{pixels}, float, shape{pixels}> images;  // each image is its own target
    for (std::size_t i = 0; i < digits.size(); ++i) images.push_back(digits.input(i), digits.input(i));
    const auto parts = train_test_split(images, {.test_size = 0.2, .seed = 1});
    // [/data]

    // [train]
    constexpr auto net = Sequential{
        Input<pixels>{}, Dense<32, ReLU>{}, Dense<8, name<"code">>{}, Dense<32, ReLU>{}, Dense<pixels, Sigmoid>{},
    };
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.003}, MeanSquaredError{});
    trainer.fit(parts.train, {.epochs = 30, .verbose = 0});
    const double error = trainer.evaluate(parts.test, {.verbose = 0})["loss"];
    const std::vector<float> made = model.predict(parts.test.inputs());
    // [/train]

    // Comparison: the mean of all images.
    std::vector<double> mean(pixels);
    for (std::size_t i = 0; i < parts.train.inputs().size(); ++i)
        mean[i % pixels] += static_cast<double>(parts.train.inputs()[i]) / static_cast<double>(parts.train.size());
    double variance = 0;
    for (std::size_t i = 0; i < made.size(); ++i) {
        const double distance = static_cast<double>(parts.test.inputs()[i]) - mean[i % pixels];
        variance += distance * distance / static_cast<double>(made.size());
    }

    std::filesystem::create_directories(output);
    std::ofstream(output / "autoencoder.svg") << drawing(parts.test.inputs(), made, 10);
    std::printf("mean squared error of a pixel: %.3f; of the mean image: %.3f\n", error, variance);
    std::printf("ten images before and after are in %s\n", (output / "autoencoder.svg").string().c_str());
    example::check(error < 0.3 * variance, "8 numbers keep more than 70 % of the variance of 64 pixels");
    return example::exit_code();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto beside = std::filesystem::path(argv[0]).parent_path() / "autoencoder_output";
        return compress(argc > 1 ? argv[1] : beside, argc > 2 ? argv[2] : DIGITS_FOLDER);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "autoencoder: %s\n", error.what());
        return 2;
    }
}
