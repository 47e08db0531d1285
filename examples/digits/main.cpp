// Classifies handwritten digits with weights trained in Keras, and compares each answer with Keras'.
// usage: digits [FOLDER]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "drawing.hpp"

#if !defined(DIGITS_FOLDER)
#define DIGITS_FOLDER "examples/digits"
#endif

namespace {

using namespace strata;

// clang-format off: a layer per line
// [net]
constexpr auto net = Sequential{
    Input<8, 8, 1>{},
    Conv2D<16, 3, padding::same, ReLU>{},
    Conv2D<32, 3, ReLU>{},
    MaxPooling2D<2>{},
    Dropout<0.25>{},
    Flatten<>{},
    Dense<64, ReLU>{},
    Dropout<0.5>{},
    Dense<10, Softmax>{},
};
static_assert(net.output_shape() == shape{10});
static_assert(net.parameter_count() == 23'946);
static_assert(net.arena_bytes() <= 65'536);
static_assert(net.plan().step_count == 5);  // Dropout and Flatten cost nothing
// [/net]
// clang-format on

constexpr std::size_t training_images = 1437, pixels = net.input_shape().size(), classes = net.output_shape().size();
using image = std::span<const std::uint8_t, pixels>;

struct held_back {
    std::vector<std::uint8_t> bytes;   // (count, 8, 8), 0 to 16
    std::vector<float> inputs;         // (count, 8, 8, 1), 0 to 1
    std::vector<std::uint8_t> labels;  // (count)
    std::vector<std::uint8_t> keras;   // (count)

    std::size_t size() const { return labels.size(); }
    image pixels_of(std::size_t i) const { return image(bytes.data() + i * pixels, pixels); }
    std::span<const float, pixels> input(std::size_t i) const {
        return std::span<const float, pixels>(inputs.data() + i * pixels, pixels);
    }
};

/// The images that the weights were not trained on. Throws where a file is missing or does not fit the others.
held_back read_held_back(const std::filesystem::path& folder) {
    held_back data{.bytes = read_idx<std::uint8_t>(folder / "digits-images.idx3-ubyte").values,
                   .inputs = {},
                   .labels = read_idx<std::uint8_t>(folder / "digits-labels.idx1-ubyte").values,
                   .keras = read_idx<std::uint8_t>(folder / "keras-predictions.idx1-ubyte").values};
    if (data.labels.size() <= training_images || data.bytes.size() != data.labels.size() * pixels ||
        data.keras.size() != data.labels.size() - training_images)
        throw std::runtime_error(folder.string() + ": numbers of images, labels and predictions do not fit together");
    data.bytes.erase(data.bytes.begin(), data.bytes.begin() + training_images * pixels);
    data.labels.erase(data.labels.begin(), data.labels.begin() + training_images);
    for (const std::uint8_t byte : data.bytes) {
        if (byte > digits::brightest) throw std::runtime_error(folder.string() + ": a pixel is brighter than 16");
        data.inputs.push_back(static_cast<float>(byte) / static_cast<float>(digits::brightest));
    }
    return data;
}

void print_net() {
    constexpr auto summary = net.summary();  // a constant: nothing of it is made when the program runs
    std::printf("%s", summary.str().c_str());
    std::printf("%zu parameters, %zu floating-point operations, %zu bytes of arena\n\n", net.parameter_count(),
                net.flops(), net.arena_bytes());
}

/// The first images, then those with a wrong answer, at most five each.
void draw(const held_back& data, std::span<const std::size_t> answers) {
    constexpr std::size_t longest_row = 5;
    std::vector<digits::picture> first, wrong;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::string answer = "it is " + std::to_string(answers[i]);
        if (first.size() < longest_row) first.push_back({data.pixels_of(i), answer});
        if (answers[i] != data.labels[i] && wrong.size() < longest_row)
            wrong.push_back({data.pixels_of(i), answer + ", no: " + std::to_string(data.labels[i])});
    }
    std::printf("The first of %zu images that training did not see:\n%s\n", data.size(), digits::draw(first).c_str());
    if (!wrong.empty()) std::printf("Mistaken:\n%s\n", digits::draw(wrong).c_str());
}

/// Median time of one inference in microseconds, over all images, several times where that takes less than 0.1 s.
double median_time(const Model<std::remove_const_t<decltype(net)>>& model, const held_back& data) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    std::vector<double> times;
    std::array<float, classes> scores{};
    auto workspace = model.workspace();
    do {
        for (std::size_t i = 0; i < data.size(); ++i) {
            const auto begin = clock::now();
            model.infer(data.input(i), scores, workspace);
            times.push_back(std::chrono::duration<double, std::micro>(clock::now() - begin).count());
        }
    } while (clock::now() - start < std::chrono::milliseconds(100));
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

int classify(const std::filesystem::path& folder) {
    print_net();
    const held_back data = read_held_back(folder);
    // [infer]
    auto model = net.build();
    model.load_weights(folder / "digits.weights.h5");

    std::vector<std::size_t> answers;
    std::array<float, classes> scores{};
    auto workspace = model.workspace();
    for (std::size_t i = 0; i < data.size(); ++i) {
        model.infer(data.input(i), scores, workspace);
        answers.push_back(argmax(scores));
    }
    // [/infer]
    draw(data, answers);

    std::size_t right = 0, like_keras = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        right += answers[i] == data.labels[i] ? 1 : 0;
        like_keras += answers[i] == data.keras[i] ? 1 : 0;
        if (answers[i] != data.keras[i])
            std::fprintf(stderr, "image %zu: Keras says %u, strata %zu\n", training_images + i, data.keras[i],
                         answers[i]);
    }
    std::printf("%zu of %zu are right: %.2f %%; %zu of %zu answers are Keras'\n", right, data.size(),
                100.0 * static_cast<double>(right) / static_cast<double>(data.size()), like_keras, data.size());
    std::printf("%.2f microseconds per image (median, one thread)\n", median_time(model, data));
    return like_keras == data.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return classify(argc > 1 ? argv[1] : DIGITS_FOLDER);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "digits: %s\n", error.what());
        return 2;
    }
}
