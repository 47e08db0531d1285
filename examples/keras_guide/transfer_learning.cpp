// "Transfer learning with a Sequential model": freeze all layers but the last, or put a new layer on a frozen model.
// usage: guide_transfer_learning [FOLDER], where its file goes; it is removed in the end
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"
#include "stripes.hpp"

using namespace strata;

// clang-format off: a layer per line
// [net]
constexpr auto net = Sequential{
    Input<784>{},
    Dense<32, ReLU>{},
    Dense<32, ReLU>{},
    Dense<32, ReLU>{},
    Dense<10>{},
};
// [/net]
// clang-format on
constexpr SparseCategoricalCrossentropy loss{.from_logits = true};

namespace {

void pretrain(const std::filesystem::path& file) {
    auto model = net.build({.seed = 1});
    compile(model, Adam{.learning_rate = 0.003}, loss).fit(example::stripes(512, 1), {.epochs = 8, .verbose = 0});
    model.save_weights(file);
}

/// The same classes, numbered the other way round.
example::stripe_data renumbered(const example::stripe_data& data) {
    example::stripe_data result;
    for (std::size_t i = 0; i < data.size(); ++i) result.push_back(data.input(i), 9 - data.label(i)[0]);
    return result;
}

void freeze_all_but_the_last(const std::filesystem::path& file) {
    const auto data = renumbered(example::stripes(256, 3));
    // [first_blueprint]
    auto pretrained = net.build();
    pretrained.load_weights(file);

    auto model = freeze_all_but_last(std::move(pretrained));  // Keras: layer.trainable = False, one by one
    static_assert(decltype(model)::trainable_parameter_count() == 330);
    static_assert(decltype(model)::non_trainable_parameter_count() == 27'232);

    auto trainer = compile(model, Adam{.learning_rate = 0.01}, loss, Accuracy{});
    trainer.fit(data, {.epochs = 8, .verbose = 0});
    // [/first_blueprint]
    auto original = net.build();
    original.load_weights(file);
    const auto now = model.weights();
    const auto before = original.weights();
    bool base_stays = true;
    for (std::size_t i = 0; i < 6; ++i) base_stays = base_stays && now[i].to_vector() == before[i].to_vector();
    example::check(base_stays, "the weights of frozen layers stay");
    example::check(now[6].to_vector() != before[6].to_vector(), "the last layer's change");
    example::check(trainer.evaluate(data)["accuracy"] > 0.9, "and that suffices to number the classes anew");
}

void stack_on_a_frozen_base(const std::filesystem::path& file) {
    const auto data = renumbered(example::stripes(256, 3));
    auto pretrained = net.build();
    pretrained.load_weights(file);
    // [second_blueprint]
    const auto base_model = pretrained.pop();  // without its classifier

    constexpr auto stacked = Sequential{freeze(base_model.net()), Dense<10>{}};
    static_assert(stacked.trainable_parameter_count() == 330);

    auto model = stacked.build();
    for (std::size_t i = 0; i < base_model.weights().size(); ++i)
        model.weights()[i].assign(base_model.weights()[i].to_vector());

    auto trainer = compile(model, Adam{.learning_rate = 0.01}, loss, Accuracy{});
    trainer.fit(data, {.epochs = 8, .verbose = 0});
    // [/second_blueprint]
    std::printf("%s", model.summary().str().c_str());
    bool base_stays = true;
    for (std::size_t i = 0; i < base_model.weights().size(); ++i)
        base_stays = base_stays && model.weights()[i].to_vector() == base_model.weights()[i].to_vector();
    example::check(base_stays, "a frozen model inside another stays");
    example::check(trainer.evaluate(data)["accuracy"] > 0.9, "and the layer on top of it learns");
}

}  // namespace

int main(int argc, char** argv) {
    const auto folder = argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::temp_directory_path();
    const auto file = folder / "guide_transfer_learning.safetensors";
    pretrain(file);
    freeze_all_but_the_last(file);
    stack_on_a_frozen_base(file);
    std::filesystem::remove(file);
    return example::exit_code();
}
