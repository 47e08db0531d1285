// Transfer learning on handwritten digits: what a net learned of the digits 0 to 4 serves for others, in the two ways
// of the Keras guide. usage: transfer [OUTPUT_FOLDER [DIGITS_FOLDER]]; the output goes beside the program unless told
// otherwise
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"
#include "../train_digits/data.hpp"

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
    Flatten<>{},
    Dense<64, ReLU>{},
    Dropout<0.5>{},
    Dense<5>{},
};
// [/net]
// clang-format on
constexpr SparseCategoricalCrossentropy loss{.from_logits = true};

/// The images of the digits [first, last], labelled from zero; at most `most` of them.
std::vector<digits::labelled_image> only(std::span<const digits::labelled_image> images, int first, int last,
                                         std::size_t most) {
    std::vector<digits::labelled_image> chosen;
    for (const auto& [pixels, label] : images)
        if (label >= first && label <= last && chosen.size() < most) chosen.push_back({pixels, label - first});
    return chosen;
}
constexpr std::size_t all = 10'000;

/// The weights with the numbers [0, count) of a model.
template <class Model>
std::vector<std::vector<float>> first_weights(const Model& model, std::size_t count) {
    std::vector<std::vector<float>> result;
    for (std::size_t i = 0; i < count; ++i) result.push_back(model.weights()[i].to_vector());
    return result;
}

void print_change(const char* what, double before, double after) {
    std::printf("%s: %.1f %% of the held-back images are right before, %.1f %% after\n", what, 100.0 * before,
                100.0 * after);
}

/// Trains on the digits 0 to 4 alone, and leaves the weights in a file.
void pretrain(const digits::images& images, const std::filesystem::path& file) {
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.003}, loss, Accuracy{});
    trainer.fit(digits::shifted(only(images.training(), 0, 4, all)), {.epochs = 12, .verbose = 0});
    model.save_weights(file);
    const double accuracy = trainer.evaluate(digits::dataset_of(only(images.held_back(), 0, 4, all)))["accuracy"];
    std::printf("digits 0 to 4: %.1f %% of the held-back images are right\n\n", 100.0 * accuracy);
    example::check(accuracy > 0.97, "the net has learned the digits 0 to 4");
}

/// The first way: the trained net itself, only its last layer learns the other digits.
void freeze_all_but_the_last(const digits::images& images, const std::filesystem::path& file) {
    const auto train = digits::shifted(only(images.training(), 5, 9, all));
    const auto test = digits::dataset_of(only(images.held_back(), 5, 9, all));
    // [freezing]
    auto pretrained = net.build();
    pretrained.load_weights(file);

    auto model = freeze_all_but_last(std::move(pretrained));  // another type: no backward code for what is frozen
    static_assert(decltype(model)::trainable_parameter_count() == 64 * 5 + 5);
    static_assert(decltype(model)::non_trainable_parameter_count() == net.parameter_count() - 325);

    auto trainer = compile(model, Adam{.learning_rate = 0.01}, loss, Accuracy{});
    // [/freezing]
    const std::size_t last_kernel = model.weights().size() - 2;
    const auto frozen = first_weights(model, last_kernel);
    const std::vector<float> kernel = model.weights()[last_kernel].to_vector();
    const double before = trainer.evaluate(test)["accuracy"];
    trainer.fit(train, {.epochs = 15, .verbose = 0});
    const double after = trainer.evaluate(test)["accuracy"];

    print_change("digits 5 to 9, the last layer learns", before, after);
    example::check(first_weights(model, last_kernel) == frozen, "no frozen weight has changed");
    example::check(model.weights()[last_kernel].to_vector() != kernel, "those of the last layer have");
    example::check(before < 0.4 && after > 0.7, "one layer of 325 parameters learns the digits 5 to 9");
}

/// The second way: the trained net without its head becomes a frozen layer below a new head.
void put_a_head_on_a_frozen_base(const digits::images& images, const std::filesystem::path& file) {
    const auto train = digits::shifted(only(images.training(), 0, 9, 300)),
               test = digits::dataset_of(images.held_back());
    // [stacking]
    auto pretrained = net.build();
    pretrained.load_weights(file);
    const auto base = pretrained.pop().pop();  // without its head and the Dropout before it

    constexpr auto stacked = Sequential{freeze(base.net()), Dense<10, name<"head">>{}};
    static_assert(stacked.size() == 2);
    static_assert(stacked.trainable_parameter_count() == 64 * 10 + 10);
    static_assert(stacked.non_trainable_parameter_count() == base.parameter_count());

    auto model = stacked.build({.seed = 2});
    for (std::size_t i = 0; i < base.weights().size(); ++i) model.weights()[i].assign(base.weights()[i].to_vector());
    // [/stacking]
    const std::size_t base_weights = base.weights().size();
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, loss, Accuracy{});
    const double before = trainer.evaluate(test)["accuracy"];
    trainer.fit(train, {.epochs = 15, .verbose = 0});
    const double after = trainer.evaluate(test)["accuracy"];

    std::printf("\n%s\n", model.summary().str().c_str());
    print_change("all ten digits from 300 images, the new head learns", before, after);
    example::check(first_weights(model, base_weights) == first_weights(base, base_weights),
                   "the base gives the head what it gave before");
    example::check(before < 0.4 && after > 0.8, "a head of 650 parameters learns all ten digits");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const auto output = argc > 1 ? std::filesystem::path(argv[1])
                                     : std::filesystem::path(argv[0]).parent_path() / "transfer_output";
        std::filesystem::create_directories(output);
        const digits::images images(argc > 2 ? argv[2] : DIGITS_FOLDER);
        const auto file = output / "digits_0_to_4.safetensors";
        pretrain(images, file);
        freeze_all_but_the_last(images, file);
        put_a_head_on_a_frozen_base(images, file);
        return example::exit_code();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "transfer: %s\n", error.what());
        return 2;
    }
}
