// Trains a net on handwritten digits from scratch, evaluates it, saves and loads its weights, and classifies with it.
// usage: train_digits [OUTPUT_FOLDER [DIGITS_FOLDER]]; the output goes beside the program unless told otherwise
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"
#include "data.hpp"

#if !defined(DIGITS_FOLDER)
#define DIGITS_FOLDER "examples/digits"
#endif

namespace {

using namespace strata;
using clock_type = std::chrono::steady_clock;

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
    Dense<10>{},  // logits, one for each digit
};
static_assert(net.trainable_parameter_count() == 23'946);
// [/net]
// clang-format on

using model_type = Model<std::remove_const_t<decltype(net)>>;
constexpr std::size_t classes = net.output_shape().size(), batch_size = 32, epochs = 24, seed = 3;

#if defined(STRATA_WITH_HDF5)
constexpr const char* weight_file = "digits.weights.h5";
#else
constexpr const char* weight_file = "digits.safetensors";
#endif

// [data]
/// Images with a target for each class: 1 for the digit that they show, else 0.
using targets = Dataset<float, shape{8, 8, 1}, float, shape{10}>;
// [/data]

// [compile]
/// The learning rate falls from step to step, and is 0 after the last. Smoothed targets keep the net from being sure
/// of what it has seen often.
auto trainer_of(model_type& model, const targets& train) {
    const std::size_t steps = epochs * ((train.size() + batch_size - 1) / batch_size);
    return compile(model, Adam{.learning_rate = CosineDecay{.initial_learning_rate = 0.003, .decay_steps = steps}},
                   CategoricalCrossentropy{.from_logits = true, .label_smoothing = 0.1}, Accuracy{});
}
// [/compile]

/// Whether one, two and three threads learn the same weights from these samples, bit for bit.
bool threads_agree(const targets& some) {
    const auto trained = [&](std::size_t threads) {
        auto model = net.build({.seed = seed});
        trainer_of(model, some).fit(some, {.batch_size = batch_size, .seed = seed, .threads = threads, .verbose = 0});
        return model;
    };
    const auto one = trained(1);
    return one == trained(2) && one == trained(3) && !(one == net.build({.seed = seed}));
}

/// The first images, then those with a wrong answer, at most five each.
void draw(std::span<const digits::labelled_image> images, std::span<const int> answers) {
    constexpr std::size_t longest_row = 5;
    std::vector<digits::picture> first, wrong;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto& [pixels, label] = images[i];
        const std::string answer = "it is " + std::to_string(answers[i]);
        if (first.size() < longest_row) first.push_back({pixels, answer});
        if (answers[i] != label && wrong.size() < longest_row)
            wrong.push_back({pixels, answer + ", no: " + std::to_string(label)});
    }
    std::printf("\nThe first of %zu images that training did not see:\n%s\n", images.size(),
                digits::draw(first).c_str());
    if (!wrong.empty()) std::printf("Mistaken:\n%s\n", digits::draw(wrong).c_str());
}

/// The best of some rounds, since other programs only add to a time. In microseconds an image.
double inference_time(const model_type& model, const targets& data) {
    double best = std::numeric_limits<double>::infinity();
    std::array<float, classes> logits{};
    auto workspace = model.workspace();
    for (int round = 0; round < 50; ++round) {
        const auto begin = clock_type::now();
        for (std::size_t i = 0; i < data.size(); ++i)
            model.infer(data.input(i).first<digits::pixels>(), logits, workspace);
        const double time = std::chrono::duration<double, std::micro>(clock_type::now() - begin).count();
        best = std::min(best, time / static_cast<double>(data.size()));
    }
    return best;
}

int train_and_classify(const std::filesystem::path& output, const std::filesystem::path& folder) {
    const digits::images images(folder);
    const auto held_back = images.held_back();
    const targets train = one_hot<classes>(digits::shifted(images.training()));
    const targets test = one_hot<classes>(digits::dataset_of(held_back));

    const auto begin = clock_type::now();
    // [fit]
    auto model = net.build({.seed = seed});
    auto trainer = trainer_of(model, train);
    const History history = trainer.fit(
        train, {.batch_size = batch_size, .epochs = epochs, .validation_data = test, .seed = seed, .threads = 1});
    const Scores scores = trainer.evaluate(test);
    // [/fit]
    const double seconds = std::chrono::duration<double>(clock_type::now() - begin).count();

    std::filesystem::create_directories(output);
    // [save]
    model.save_weights(output / weight_file);
    history.write_csv(output / "history.csv");
    history.write_svg(output / "history.svg");

    auto restored = net.build();
    restored.load_weights(output / weight_file);
    const std::vector<float> logits = restored.predict(test.inputs());
    // [/save]

    const std::vector<int> answers = argmax(logits, classes);
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.size(); ++i) right += answers[i] == held_back[i].label ? 1u : 0u;
    const double accuracy = static_cast<double>(right) / static_cast<double>(test.size());
    draw(held_back, answers);
    std::printf("%zu of %zu held-back images are right: %.2f %%\n", right, test.size(), 100.0 * accuracy);
    std::printf("trained %zu images for %zu epochs in %.1f s; %.2f microseconds an image classified (one thread)\n",
                train.size(), epochs, seconds, inference_time(restored, test));
    std::printf("weights, history.csv and history.svg are in %s\n\n", output.string().c_str());

    example::check(accuracy >= 0.98, "at least 98 % of the held-back images are right");
    example::check(
        std::abs(scores["accuracy"] - accuracy) < 1e-9 && history["val_accuracy"].back() == scores["accuracy"],
        "evaluate and the history say the same");
    example::check(restored == model && logits == model.predict(test.inputs()),
                   "a fresh model with the saved weights gives the same answers, bit for bit");
    example::check(threads_agree(test), "one, two and three threads learn the same weights, bit for bit");
    return example::exit_code();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto beside = std::filesystem::path(argv[0]).parent_path() / "train_digits_output";
        return train_and_classify(argc > 1 ? argv[1] : beside, argc > 2 ? argv[2] : DIGITS_FOLDER);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "train_digits: %s\n", error.what());
        return 2;
    }
}
