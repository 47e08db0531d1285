// "What to do once you have a model": train it, evaluate it, run inference, save it and restore it.
// usage: guide_training [FOLDER], where its files go; they are removed in the end
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
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

int main(int argc, char** argv) {
    const auto folder = (argc > 1 ? std::filesystem::path(argv[1]) : std::filesystem::temp_directory_path()) / "guide";
    std::filesystem::create_directories(folder);
    const example::stripe_data train = example::stripes(512, 1), test = example::stripes(128, 2);

    // [training]
    auto model = net.build({.seed = 11});
    auto trainer = compile(model, Adam{.learning_rate = 0.003f}, SparseCategoricalCrossentropy{.from_logits = true},
                           SparseCategoricalAccuracy{});
    const History history = trainer.fit(train, {.batch_size = 32, .epochs = 12, .validation_split = 0.1});
    const Scores scores = trainer.evaluate(test);
    const std::vector<float> logits = model.predict(test.inputs());  // any number of samples
    // [/training]
    for (const score& each : scores) std::printf("%s: %.4f\n", each.name.c_str(), each.value);
    example::check(history["loss"].size() == 12 && history["val_loss"].size() == 12, "the history has each epoch");
    example::check(history["loss"].back() < 0.5 * history["loss"].front(), "the loss falls");
    example::check(scores["sparse_categorical_accuracy"] > 0.95, "data that training did not see is classified");
    example::check(logits.size() == 128 * 10, "and predict gives the outputs of all samples");

    std::vector<const char*> files{"guide.safetensors"};
#if defined(STRATA_WITH_HDF5)
    files.push_back("guide.weights.h5");
#endif
    for (const char* file : files) {
        // [saving]
        model.save_weights(folder / file);
        auto restored = net.build();
        restored.load_weights(folder / file);
        // [/saving]
        std::printf("%s\n", file);
        example::check(restored.predict(test.inputs()) == logits, "what was saved and restored gives the same answers");
    }

    // [resuming]
    trainer.save_checkpoint(folder / "training.safetensors");  // weights, the optimizer's state, steps and epochs
    auto later = net.build();
    auto resumed = compile(later, Adam{.learning_rate = 0.003f}, SparseCategoricalCrossentropy{.from_logits = true});
    resumed.load_checkpoint(folder / "training.safetensors");
    resumed.fit(train, {.epochs = 14, .validation_split = 0.1, .initial_epoch = resumed.epochs()});
    // [/resuming]
    trainer.fit(train, {.epochs = 14, .validation_split = 0.1, .initial_epoch = 12, .verbose = 0});
    example::check(later == model, "a training goes on from a file as if it had not stopped");

    // [callbacks]
    EarlyStopping stopping{.min_delta = 0.01, .patience = 2, .restore_best_weights = true};
    std::size_t epochs_seen = 0;
    const std::vector<callback> callbacks{
        std::ref(stopping),  // by reference: to be read afterwards
        ModelCheckpoint{.filepath = (folder / "{epoch:02d}.safetensors").string()},
        LambdaCallback{.on_epoch_end = [&](training_control&, std::size_t, const Scores&) { ++epochs_seen; }},
    };
    auto watched = net.build({.seed = 5});
    compile(watched, SGD{.learning_rate = 0.1, .momentum = 0.9}, SparseCategoricalCrossentropy{.from_logits = true})
        .fit(train, {.epochs = 100, .validation_data = test, .callbacks = callbacks, .verbose = 0});
    // [/callbacks]
    std::printf("stopped after epoch %zu of 100, the best was epoch %zu\n", stopping.stopped_epoch + 1,
                stopping.best_epoch + 1);
    example::check(stopping.stopped_epoch == stopping.best_epoch + 2 && epochs_seen == stopping.stopped_epoch + 1,
                   "a training ends when it no longer gets better");
    auto best = net.build();
    char name[32];
    std::snprintf(name, sizeof name, "%02zu.safetensors", stopping.best_epoch + 1);
    best.load_weights(folder / name);
    example::check(best == watched, "and the weights are those of the best epoch");

    std::filesystem::remove_all(folder);
    return example::exit_code();
}
