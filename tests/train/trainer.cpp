// The trainer: threads, seeds, checkpoints, frozen layers, what is refused, and that Dropout acts when training only.
#include <cmath>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;
using data = Dataset<float, shape{6, 6, 1}, int>;

data stripes(std::size_t count, std::uint64_t seed) {
    data result;
    random_engine engine(seed);
    for (std::size_t i = 0; i < count; ++i) {
        const int label = static_cast<int>(engine() % 3);
        std::vector<float> x(36);
        for (std::size_t p = 0; p < x.size(); ++p)
            x[p] = static_cast<float>(engine.uniform(0.0, 0.6)) + (static_cast<int>(p / 6) % 3 == label ? 0.7f : 0.0f);
        result.push_back(x, label);
    }
    return result;
}

constexpr auto net = Sequential{Input<6, 6, 1>{},  Conv2D<5, 3, padding::same, ReLU>{},
                                MaxPooling2D<2>{}, Dropout<0.25>{},
                                Flatten<>{},       Dense<17, Tanh>{},
                                Dense<3>{}};
using net_type = std::remove_const_t<decltype(net)>;

auto trainer_of(Model<net_type>& model) {
    return compile(model, Adam{.learning_rate = 0.01}, SparseCategoricalCrossentropy{.from_logits = true}, Accuracy{});
}

/// The message of the std::invalid_argument that a call throws.
template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing was thrown";
}
bool says(const std::string& message, std::initializer_list<const char*> parts) {
    for (const char* part : parts)
        if (message.find(part) == std::string::npos) return false;
    return true;
}

/// Presses Ctrl-C after one batch.
struct interrupts {
    std::size_t steps = 0, at = 0;

    void on_batch_end(training_control&, std::size_t, const Scores&) {
        if (++steps == at) std::raise(SIGINT);
    }
};

}  // namespace

TEST_CASE("fit learns, and gives the same weights bit for bit with any number of threads") {
    const data train = stripes(150, 1);
    auto one = net.build({.seed = 5});
    const History history = trainer_of(one).fit(train, {.batch_size = 16, .epochs = 12, .seed = 3, .verbose = 0});
    REQUIRE(history["loss"].size() == 12);
    REQUIRE(history["loss"].back() < 0.5 * history["loss"].front());
    REQUIRE(history["accuracy"].back() > 0.9);
    for (std::size_t threads = 2; threads <= 3; ++threads) {
        auto model = net.build({.seed = 5});
        const History other =
            trainer_of(model).fit(train, {.batch_size = 16, .epochs = 12, .seed = 3, .threads = threads, .verbose = 0});
        REQUIRE(model == one);
        REQUIRE(other["loss"] == history["loss"]);
    }
    auto reseeded = net.build({.seed = 5});
    trainer_of(reseeded).fit(train, {.batch_size = 16, .epochs = 12, .seed = 4, .verbose = 0});
    REQUIRE(!(reseeded == one));
}

TEST_CASE("a training that goes on from a checkpoint equals one that never stopped") {
    const auto file = std::filesystem::temp_directory_path() / "strata-checkpoint-test.safetensors";
    const data train = stripes(50, 2);
    const auto options = [](std::size_t begin, std::size_t end) {
        return fit_options<data>{.batch_size = 8, .epochs = end, .seed = 9, .initial_epoch = begin, .verbose = 0};
    };
    auto whole = net.build({.seed = 1});
    trainer_of(whole).fit(train, options(0, 4));

    auto first = net.build({.seed = 1});
    auto first_trainer = trainer_of(first);
    first_trainer.fit(train, options(0, 2));
    first_trainer.save_checkpoint(file);
    auto second = net.build({.seed = 77});
    auto second_trainer = trainer_of(second);
    second_trainer.load_checkpoint(file);
    REQUIRE(second == first);
    REQUIRE(second_trainer.epochs() == 2);
    REQUIRE(second_trainer.steps() == 14);
    second_trainer.fit(train, options(2, 4));
    REQUIRE(second == whole);

    auto other = Sequential{Input<6, 6, 1>{}, Flatten<>{}, Dense<3>{}}.build({.seed = 2});
    const auto before = other;
    auto other_trainer = compile(other, Adam{}, SparseCategoricalCrossentropy{.from_logits = true});
    REQUIRE_THROWS_AS(other_trainer.load_checkpoint(file), file_error);
    REQUIRE(other == before);
    REQUIRE_THROWS_AS(second_trainer.save_checkpoint("checkpoint.h5"), file_error);
    std::filesystem::remove(file);
}

TEST_CASE("evaluate infers: its loss is that of the model's own outputs, and Dropout does not act") {
    const data test = stripes(37, 3);
    auto model = net.build({.seed = 6});
    auto trainer = trainer_of(model);
    const std::vector<float> y = model.predict(test.inputs());
    const SparseCategoricalCrossentropy loss{.from_logits = true};
    double total = 0.0, right = 0.0;
    for (std::size_t i = 0; i < test.size(); ++i) {
        const float* logits = y.data() + i * 3;
        total += loss(1, 3, logits, test.label(i).data(), 1.0f, static_cast<float*>(nullptr));
        right += std::max_element(logits, logits + 3) - logits == test.label(i)[0] ? 1.0 : 0.0;
    }
    for (std::size_t threads = 1; threads <= 2; ++threads) {
        const Scores scores = trainer.evaluate(test, {.threads = threads});
        REQUIRE(scores["loss"] == Approx(total / 37).epsilon(1e-6));
        REQUIRE(scores["accuracy"] == Approx(right / 37));
    }
    REQUIRE(trainer.evaluate(test)["loss"] != Approx(trainer.train_on_batch(test)["loss"]).epsilon(1e-6));
}

TEST_CASE("Dropout keeps the mean and draws anew in every step") {
    auto model = Sequential{Input<40>{}, Dropout<0.5>{}, Dense<1, no_bias, kernel_initializer<Ones>>{}}.build();
    Dataset<float, shape{40}, float, shape{1}> ones;
    for (int i = 0; i < 50; ++i) ones.push_back(std::vector<float>(40, 1.0f), std::vector<float>{40.0f});
    auto trainer = compile(model, SGD{.learning_rate = 0.0}, MeanSquaredError{});
    // Each sum of 40 has the variance 40 (2 - 1); the mean of 50 squares is within 40 +- 4 standard errors of 8.
    const double first = trainer.train_on_batch(ones)["loss"], second = trainer.train_on_batch(ones)["loss"];
    REQUIRE(std::fabs(first - 40.0) < 32.0);
    REQUIRE(first > 1.0);
    REQUIRE(first != second);
    REQUIRE(trainer.evaluate(ones)["loss"] == 0.0);
}

TEST_CASE("frozen layers keep their weights, and the step has no code for them") {
    const data train = stripes(20, 4);
    auto model = freeze_all_but_last(net.build({.seed = 2}));
    using frozen_net = decltype(model)::net_type;
    static_assert(frozen_net::trainable_parameter_count() == 17 * 3 + 3);
    // Dropout still acts: the steps begin with it; only the last layer goes backward, and gives no gradient of its
    // input.
    constexpr auto plan = training_plan_of<frozen_net, float>;
    static_assert(plan.first_layer == 2 && plan.step_count == 3);
    static_assert(!plan.trained[0].has_backward() && !plan.trained[1].has_backward());
    static_assert(plan.trained[2].learns && !plan.trained[2].passes_down);
    static_assert(gradient_offsets_of<frozen_net, float>.back() < gradient_offsets_of<net_type, float>.back());

    const auto before = model;
    compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true}).fit(train, {.epochs = 2, .verbose = 0});
    for (std::size_t i = 0; i < model.weights().size(); ++i)
        REQUIRE((model.weights()[i].to_vector() == before.weights()[i].to_vector()) == (i < 4));

    auto thawed = unfreeze(model);
    static_assert(std::is_same_v<decltype(thawed)::net_type, net_type>);
    auto named = freeze<"conv2d", "dense">(thawed);
    static_assert(decltype(named)::trainable_parameter_count() == 17 * 3 + 3);
    static_assert(decltype(unfreeze<"dense">(named))::trainable_parameter_count() == 45 * 17 + 17 + 17 * 3 + 3);
    static_assert(decltype(freeze(thawed))::trainable_parameter_count() == 0);
    constexpr auto nested = Sequential{Input<4>{}, Sequential{Dense<3>{}, Dense<2, frozen>{}}, Dense<1>{}};
    static_assert(freeze(nested).trainable_parameter_count() == 0);
    static_assert(unfreeze(freeze(nested)).trainable_parameter_count() == nested.parameter_count());
}

TEST_CASE("layers frozen inside a Residual keep their weights bit for bit, and all others learn") {
    constexpr auto nested = Sequential{Input<6, 6, 1>{}, Conv2D<4, 3, Tanh>{},
                                       Residual{name<"block">{}, Conv2D<6, 3, padding::same, Tanh>{},
                                                Conv2D<6, 3, padding::same, Tanh>{}, shortcut{Conv2D<6, 1>{}}},
                                       Sequential{name<"top">{}, Flatten<>{}, Dense<7, Tanh>{}, Dense<3>{}}};
    const data train = stripes(20, 4);
    const auto learns = [&](auto model, const std::string& expected) {
        const auto before = model;
        compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true})
            .fit(train, {.epochs = 2, .verbose = 0});
        std::string flags, changes;
        for (std::size_t i = 0; i < model.weights().size(); ++i) {
            flags += model.weights()[i].trainable() ? 't' : 'f';
            changes += model.weights()[i].to_vector() != before.weights()[i].to_vector() ? 't' : 'f';
        }
        REQUIRE(flags == expected);
        REQUIRE(changes == expected);
    };
    const auto model = nested.build({.seed = 2});
    learns(model, "tttttttttttt");
    learns(freeze<"block/conv2d">(model), "ttfftttttttt");
    learns(freeze<"block/conv2d_1", "top/dense_1">(model), "ttttffttttff");
    learns(freeze<"block/conv2d_2", "conv2d">(model), "ffttttfftttt");
    learns(unfreeze<"block/conv2d_2">(freeze(model)), "ffffffttffff");
    learns(unfreeze<"block/conv2d", "top">(freeze(model)), "ffttfffftttt");
    learns(unfreeze<"block/conv2d_2">(freeze<"block/conv2d", "block/conv2d_2">(model)), "ttfftttttttt");
}

TEST_CASE("what is frozen inside a layer around another one learns when it is unfrozen") {
    constexpr auto around = Sequential{Input<6, 6>{}, TimeDistributed<Dense<5, Tanh, frozen>>{},
                                       Bidirectional<LSTM<4, frozen>>{}, Dense<3>{}};
    static_assert(around.trainable_parameter_count() == 27);
    static_assert(unfreeze<"time_distributed">(around).trainable_parameter_count() == 27 + 35);
    static_assert(freeze<"time_distributed">(unfreeze(around)).non_trainable_parameter_count() == 35);
    static_assert(unfreeze(freeze(around)).trainable_parameter_count() == around.parameter_count());
    Dataset<float, shape{6, 6}, int> train;
    for (int i = 0; i < 12; ++i) {
        std::vector<float> x(36);
        for (std::size_t k = 0; k < x.size(); ++k)
            x[k] = static_cast<float>((k * 7 + static_cast<std::size_t>(i)) % 11) / 11.0f;
        train.push_back(x, i % 3);
    }
    auto model = unfreeze(around.build({.seed = 2}));
    const auto before = model;
    compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true}).fit(train, {.epochs = 1, .verbose = 0});
    for (std::size_t i = 0; i < model.weights().size(); ++i) {
        REQUIRE(model.weights()[i].trainable());
        REQUIRE(model.weights()[i].to_vector() != before.weights()[i].to_vector());
    }
}

TEST_CASE("bad data and options are refused before any weight changes, and the sample is named") {
    data train = stripes(10, 5);
    auto model = net.build({.seed = 2});
    const auto before = model;
    auto trainer = trainer_of(model);
    const auto fit = [&](const data& some, fit_options<data> given) {
        given.verbose = 0;
        return refusal([&] { trainer.fit(some, given); });
    };
    REQUIRE(says(fit(train, {.batch_size = 0}), {"batch_size is 0"}));
    REQUIRE(says(fit(train, {.threads = 0}), {"threads is 0"}));
    REQUIRE(says(fit(train, {.validation_split = 0.95}), {"validation_split", "0 of 10 samples"}));
    REQUIRE(says(fit(train, {.validation_split = 1.5}), {"validation_split", "1.5"}));
    REQUIRE(says(fit(train, {.class_weight = {{1, std::nan("")}}}), {"class_weight of class 1"}));
    const std::vector<double> short_weights(9, 1.0);
    REQUIRE(says(fit(train, {.sample_weight = short_weights}), {"sample_weight has 9", "10 samples"}));
    REQUIRE(says(fit(data{}, {}), {"the data is empty"}));
    const data nothing;
    REQUIRE(says(fit(train, {.validation_data = nothing}), {"validation_data is empty"}));
    data labels = train;
    labels.push_back(std::vector<float>(36), 3);
    REQUIRE(says(fit(labels, {}), {"sample 10", "label 3", "3 classes, 0 to 2"}));
    data broken = train;
    std::vector<float> x(36);
    x[7] = std::numeric_limits<float>::quiet_NaN();
    broken.push_back(x, 0);
    REQUIRE(says(fit(broken, {}), {"sample 10", "input number 7", "NaN"}));
    REQUIRE(says(refusal([&] { trainer.evaluate(broken); }), {"sample 10"}));
    REQUIRE(says(refusal([&] { trainer.train_on_batch(labels); }), {"sample 10"}));
    REQUIRE(says(refusal([&] { train.push_back(std::vector<float>(35), 0); }),
                 {"sample 10", "(6, 6, 1)", "36 values, got 35"}));
    REQUIRE(train.size() == 10);
    REQUIRE(says(refusal([&] { compile(model, Adam{.beta_1 = 1.5}, MeanSquaredError{}); }), {"Adam", "beta_1", "1.5"}));
    REQUIRE(model == before);
    REQUIRE(trainer.steps() == 0);
}

TEST_CASE("options that leave nothing to train, or that Keras refuses, are refused before any weight changes") {
    const data train = stripes(10, 5);
    auto model = net.build({.seed = 2});
    const auto before = model;
    auto trainer = trainer_of(model);
    const std::vector<double> ten(10, 1.0), nine(9, 1.0);
    const auto fit = [&](fit_options<data> given) {
        given.verbose = 0;
        return refusal([&] { trainer.fit(train, given); });
    };
    REQUIRE(says(fit({.batch_size = -1}), {"batch_size is 0"}));
    REQUIRE(says(fit({.epochs = 0}), {"epochs is 0"}));
    REQUIRE(says(fit({.epochs = 2, .initial_epoch = 2}), {"epochs is 2", "initial_epoch 2", "nothing is left"}));
    REQUIRE(says(fit({.steps_per_epoch = 0}), {"steps_per_epoch is 0"}));
    REQUIRE(says(fit({.batch_size = 4, .steps_per_epoch = 4}), {"steps_per_epoch is 4", "3 batches of 4"}));
    REQUIRE(says(fit({.batch_size = 4, .validation_data = train, .validation_steps = 4}),
                 {"validation_steps is 4", "3 batches of 4"}));
    REQUIRE(says(fit({.validation_data = train, .validation_steps = 0}), {"validation_steps is 0"}));
    REQUIRE(says(fit({.validation_data = train, .validation_batch_size = 0}), {"validation_batch_size is 0"}));
    REQUIRE(says(fit({.validation_freq = 0}), {"validation_freq is 0"}));
    REQUIRE(says(fit({.validation_sample_weight = ten}), {"validation_sample_weight", "without validation_data"}));
    REQUIRE(says(fit({.validation_data = train, .validation_sample_weight = nine}),
                 {"validation_sample_weight has 9", "10 samples"}));
    REQUIRE(says(fit({.class_weight = {{1, 2.0}}, .sample_weight = ten}), {"class_weight and sample_weight"}));
    REQUIRE(
        says(refusal([&] { trainer.evaluate(train, {.batch_size = 4, .steps = 4}); }), {"steps is 4", "3 batches"}));
    REQUIRE(says(refusal([&] { trainer.train_on_batch(train, {.sample_weight = nine}); }), {"sample_weight has 9"}));
    const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
    for (const double rate : {nan, inf, -1.0}) {
        REQUIRE(says(refusal([&] { trainer.set_learning_rate(rate); }), {"learning_rate of at least 0"}));
        const auto sets = [&](training_control& control) { control.set_learning_rate(rate); };
        REQUIRE(says(fit({.callbacks = {LambdaCallback{.on_train_begin = sets}}}), {"learning_rate of at least 0"}));
        auto scheduled = compile(model, SGD{.learning_rate = [=](std::uint64_t) { return rate; }},
                                 SparseCategoricalCrossentropy{.from_logits = true});
        REQUIRE(says(refusal([&] { scheduled.train_on_batch(train); }), {"learning rate of step 0"}));
    }
    REQUIRE(model == before);
    REQUIRE(trainer.steps() == 0);
    REQUIRE(says(refusal([&] { compile(model, Adam{.gradient_accumulation_steps = 1}, MeanSquaredError{}); }),
                 {"gradient_accumulation_steps", "at least 2, got 1"}));
    REQUIRE(says(refusal([&] { compile(model, Adam{}, SparseCategoricalCrossentropy{}, Accuracy{.name = "loss"}); }),
                 {"metric", "\"loss\""}));
}

TEST_CASE("a learning rate that is a schedule cannot be set, by callbacks neither") {
    const data train = stripes(10, 5);
    auto model = net.build({.seed = 2});
    const auto before = model;
    auto trainer = compile(model, SGD{.learning_rate = CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 9}},
                           SparseCategoricalCrossentropy{.from_logits = true});
    const auto fit = [&](callback each) {
        return refusal([&] { trainer.fit(train, {.callbacks = {each}, .verbose = 0}); });
    };
    REQUIRE(says(fit(ReduceLROnPlateau{.monitor = "loss"}), {"ReduceLROnPlateau", "schedule"}));
    REQUIRE(says(fit(LearningRateScheduler{.schedule = [](std::size_t, double) { return 0.1; }}),
                 {"LearningRateScheduler", "schedule"}));
    REQUIRE(says(refusal([&] { trainer.set_learning_rate(0.1); }), {"schedule"}));
    REQUIRE(model == before);
    REQUIRE(trainer.learning_rate() == 0.1);
}

TEST_CASE("a callback may evaluate and predict with its own trainer; what would train throws, and nothing is spoiled") {
    const data train = stripes(40, 3), test = stripes(9, 4);
    auto plain = net.build({.seed = 2}), watched = plain;
    const fit_options<data> given{.batch_size = 8, .epochs = 3, .validation_split = 0.2, .threads = 2, .verbose = 0};
    const History expected = trainer_of(plain).fit(train, given);

    auto trainer = trainer_of(watched);
    std::size_t calls = 0;
    const auto uses = [&] {
        ++calls;
        const auto before = watched;
        const double one = trainer.evaluate(test, {.threads = 1})["loss"];
        REQUIRE(trainer.evaluate(test)["loss"] == one);
        REQUIRE(trainer.evaluate(train, {.threads = 3})["loss"] > 0.0);
        REQUIRE(trainer.test_on_batch(test)["loss"] == Approx(one));
        REQUIRE(trainer.predict(test.inputs()).size() == 27);
        REQUIRE_THROWS_AS(trainer.fit(test, {.batch_size = 3, .threads = 3, .verbose = 0}), std::logic_error);
        REQUIRE_THROWS_AS(trainer.train_on_batch(test), std::logic_error);
        REQUIRE(watched == before);
    };
    fit_options<data> with = given;
    with.callbacks = {LambdaCallback{.on_epoch_begin = [&](training_control&, std::size_t) { uses(); },
                                     .on_epoch_end = [&](training_control&, std::size_t, Scores&) { uses(); },
                                     .on_train_begin = [&](training_control&) { uses(); },
                                     .on_train_end = [&](training_control&) { uses(); },
                                     .on_batch_end = [&](training_control&, std::size_t, const Scores&) { uses(); }}};
    const History history = trainer.fit(train, with);
    REQUIRE(calls == 1 + 3 * 6 + 1);
    REQUIRE(watched == plain);
    REQUIRE(history["loss"] == expected["loss"]);
    REQUIRE(history["val_loss"] == expected["val_loss"]);

    // A fit that a callback ended by an exception is over: the next one runs.
    struct own_error {};
    with.callbacks = {LambdaCallback{.on_train_begin = [](training_control&) { throw own_error{}; }}};
    REQUIRE_THROWS_AS(trainer.fit(train, with), own_error);
    REQUIRE_NOTHROW(trainer.fit(train, given));
}

TEST_CASE("a trainer whose model was moved from is refused") {
    constexpr auto wide =
        Sequential{Input<4>{}, Dense<64, ReLU>{}, Dense<64>{}, Dense<3>{}};  // with weights on the heap
    static_assert(wide.parameter_count() * sizeof(float) > inline_bytes);
    auto model = wide.build({.seed = 1});
    Dataset<float, shape{4}, int> data;
    data.push_back({1, 2, 3, 4}, 2);
    auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true});
    trainer.fit(data, {.verbose = 0});
    const auto moved = std::move(model);
    REQUIRE_THROWS_AS(trainer.fit(data, {.verbose = 0}), std::logic_error);
    REQUIRE_THROWS_AS(trainer.evaluate(data), std::logic_error);
    model = moved;
    REQUIRE(trainer.fit(data, {.verbose = 0})["loss"].size() == 1);
}

TEST_CASE("data that a callback shortens is refused") {
    data train = stripes(20, 3), test = stripes(9, 4);
    auto model = net.build({.seed = 2});
    auto trainer = trainer_of(model);
    const auto fit = [&](data& changed) {
        const auto clears = [&](training_control&, std::size_t, const Scores&) { changed.clear(); };
        trainer.fit(train, {.batch_size = 8,
                            .epochs = 2,
                            .validation_data = test,
                            .callbacks = {LambdaCallback{.on_batch_end = clears}},
                            .verbose = 0});
    };
    REQUIRE_THROWS_AS(fit(test), std::logic_error);
    test = stripes(9, 4);
    REQUIRE_THROWS_AS(fit(train), std::logic_error);
}

TEST_CASE("validation_freq leaves epochs without validation; callbacks that watch it wait") {
    const data train = stripes(30, 3);
    auto model = net.build({.seed = 2});
    EarlyStopping stopping{.patience = 3, .restore_best_weights = true};
    ModelCheckpoint checkpoint{.filepath = "never-due-{val_loss:.2f}.safetensors", .save_best_only = true};
    const History history = trainer_of(model).fit(
        train,
        {.epochs = 4, .validation_split = 0.2, .callbacks = {std::ref(stopping)}, .validation_freq = 2, .verbose = 0});
    const std::vector<double> values = history["val_loss"];
    REQUIRE(values.size() == 4);
    REQUIRE((std::isnan(values[0]) && !std::isnan(values[1]) && std::isnan(values[2]) && !std::isnan(values[3])));
    REQUIRE((stopping.best_epoch == 1 || stopping.best_epoch == 3));
    REQUIRE(stopping.best == values[stopping.best_epoch]);
    const fit_options<data> never{.epochs = 2,
                                  .validation_split = 0.2,
                                  .callbacks = {checkpoint, ReduceLROnPlateau{}},
                                  .validation_freq = {9},
                                  .verbose = 0};
    REQUIRE_NOTHROW(trainer_of(model).fit(train, never));
    // Without validation data the monitor does not exist.
    REQUIRE(says(
        refusal([&] { trainer_of(model).fit(train, {.callbacks = {stopping}, .validation_freq = 2, .verbose = 0}); }),
        {"val_loss"}));
}

TEST_CASE("a training with steps_per_epoch and accumulated gradients goes on from a checkpoint bit for bit") {
    const auto file = std::filesystem::temp_directory_path() / "strata-accumulated-test.safetensors";
    const data train = stripes(50, 2);
    const auto made = [](Model<net_type>& model) {
        return compile(model, Adam{.learning_rate = 0.01, .gradient_accumulation_steps = 3},
                       SparseCategoricalCrossentropy{.from_logits = true});
    };
    const auto options = [](std::size_t begin, std::size_t end) {
        return fit_options<data>{
            .batch_size = 8, .epochs = end, .seed = 9, .initial_epoch = begin, .steps_per_epoch = 5, .verbose = 0};
    };
    auto whole = net.build({.seed = 1}), first = whole, second = net.build({.seed = 7});
    made(whole).fit(train, options(0, 4));
    auto begun = made(first);
    begun.fit(train, options(0, 1));
    REQUIRE(begun.steps() == 1);  // five batches
    begun.save_checkpoint(file);
    auto resumed = made(second);
    resumed.load_checkpoint(file);
    REQUIRE(resumed.steps() == 1);
    resumed.fit(train, options(1, 4));
    REQUIRE(second == whole);
    std::filesystem::remove(file);
    for (std::size_t threads = 2; threads <= 3; ++threads) {
        auto model = net.build({.seed = 1});
        fit_options<data> given = options(0, 4);
        given.threads = threads;
        made(model).fit(train, given);
        REQUIRE(model == whole);
    }
}

TEST_CASE("a batch of one gives the layers before a BatchNormalization no gradient at all") {
    // Each value is its own mean: an optimizer that divides by the gradient's size would follow its rounding.
    auto model = Sequential{Input<5>{}, Dense<9>{}, BatchNormalization<>{}, Dense<3>{}}.build({.seed = 4});
    const auto before = model;
    Dataset<float, shape{5}, float, shape{3}> one;
    random_engine engine(3);
    const auto value = [&] { return static_cast<float>(engine.uniform(-1.0, 1.0)); };
    for (int i = 0; i < 20; ++i)
        one.push_back(std::vector<float>{value(), value(), value(), value(), value()},
                      std::vector<float>{value(), value(), value()});
    // beta is 0 at first, so the input of the layer after it is 0 in the first step, and its kernel has no gradient.
    Dataset<float, shape{5}, float, shape{3}> first;
    first.push_back(one.input(0), one.label(0));
    compile(model, Adam{}, MeanSquaredError{}).train_on_batch(first);
    REQUIRE(model.weights()[6].to_vector() == before.weights()[6].to_vector());
    compile(model, Adam{}, MeanSquaredError{}).fit(one, {.batch_size = 1, .epochs = 2, .verbose = 0});
    REQUIRE(model.weights()[0].to_vector() == before.weights()[0].to_vector());
    REQUIRE(model.weights()[1].to_vector() == before.weights()[1].to_vector());
    REQUIRE(model.weights()[6].to_vector() != before.weights()[6].to_vector());
}

TEST_CASE("BatchNormalization inside TimeDistributed trains, with the same weights for any number of threads") {
    constexpr auto steps = Sequential{Input<6, 6>{}, TimeDistributed<BatchNormalization<>>{}, Flatten<>{}, Dense<3>{}};
    Dataset<float, shape{6, 6}, int> train;
    for (int i = 0; i < 20; ++i) {
        std::vector<float> x(36);
        for (std::size_t k = 0; k < x.size(); ++k)
            x[k] = static_cast<float>((k * k * 7 + static_cast<std::size_t>(i * i)) % 11) / 11.0f;
        train.push_back(x, i % 3);
    }
    auto one = steps.build({.seed = 2});
    const auto begin = one;
    const auto fit = [&](auto& model, std::size_t threads) {
        compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true})
            .fit(train, {.batch_size = 7, .epochs = 2, .threads = threads, .verbose = 0});
    };
    fit(one, 1);
    for (std::size_t i = 0; i < 4; ++i) REQUIRE(one.weights()[i].to_vector() != begin.weights()[i].to_vector());
    for (std::size_t threads = 2; threads <= 3; ++threads) {
        auto model = begin;
        fit(model, threads);
        REQUIRE(model == one);
    }
}

TEST_CASE("class_weight needs targets of which a sample has one class") {
    const auto refuses = [](auto net_of, auto loss, auto row) {
        auto model = net_of.build({.seed = 2});
        const auto before = model;
        auto trainer = compile(model, SGD{}, loss);
        const std::string message = refusal([&] { trainer.fit(row, {.class_weight = {{0, 2.0}}, .verbose = 0}); });
        REQUIRE(says(message, {"class_weight needs one class a sample", "sample_weight"}));
        REQUIRE(model == before);
    };
    constexpr auto rows = Sequential{Input<2, 3>{}, Dense<3>{}};
    constexpr auto values = Sequential{Input<2, 3>{}, Dense<1>{}};
    const std::vector<float> x(6), y(6);
    Dataset<float, shape{2, 3}, float, shape{2, 3}> one_hot;
    one_hot.push_back(x, y);
    Dataset<float, shape{2, 3}, float, shape{2, 1}> column;
    column.push_back(x, std::vector<float>(2));
    Dataset<float, shape{2, 3}, int, shape{2}> classes;
    classes.push_back(x, std::vector<int>{0, 1});
    refuses(rows, CategoricalCrossentropy{}, one_hot);
    refuses(values, MeanSquaredError{}, column);
    refuses(rows, SparseCategoricalCrossentropy{}, classes);
}

TEST_CASE("class weights and sample weights multiply the losses") {
    const data train = stripes(9, 6);
    std::vector<double> weights;
    for (std::size_t i = 0; i < train.size(); ++i) weights.push_back(train.label(i)[0] == 1 ? 3.0 : 1.0);
    auto by_class = net.build({.seed = 2}), by_sample = by_class, plain = by_class;
    trainer_of(by_class).fit(train, {.class_weight = {{1, 3.0}}, .verbose = 0});
    trainer_of(by_sample).fit(train, {.sample_weight = weights, .verbose = 0});
    trainer_of(plain).fit(train, {.verbose = 0});
    REQUIRE(by_class == by_sample);
    REQUIRE(!(by_class == plain));
}

TEST_CASE("class weights come from braces, from a map and one by one") {
    const class_weights braces{{7, 0.5}, {-1, 2.0}, {7, 9.0}};
    const class_weights map = std::map<int, double>{{7, 0.5}, {-1, 2.0}};
    class_weights single;
    REQUIRE(single.empty());
    single[7] = 0.5;
    single[-1] = 2.0;
    for (const class_weights* each : {&braces, &map, &std::as_const(single)}) {
        REQUIRE(each->size() == 2);
        REQUIRE(each->begin()->label == -1);
        REQUIRE(each->factor(-1) == 2.0);
        REQUIRE(each->factor(7) == 0.5);
        for (const int other : {-2, 0, 6, 8}) REQUIRE(each->factor(other) == 1.0);
    }
}

TEST_CASE("sample weights count in the loss of a part held back, class weights do not") {
    const data train = stripes(20, 8);
    std::vector<double> weights(20, 1.0);
    for (std::size_t i = 15; i < 20; ++i) weights[i] = 2.0;
    auto model = net.build({.seed = 2}), weighed = model, by_class = model;
    const fit_options<data> given{.validation_split = 0.25, .verbose = 0};
    fit_options<data> with_samples = given, with_classes = given;
    with_samples.sample_weight = weights;
    with_classes.class_weight = {{0, 1.0}, {1, 1.0}, {2, 1.0}};
    const double plain = trainer_of(model).fit(train, given)["val_loss"][0];
    REQUIRE(trainer_of(weighed).fit(train, with_samples)["val_loss"][0] == Approx(2.0 * plain).epsilon(1e-12));
    REQUIRE(trainer_of(by_class).fit(train, with_classes)["val_loss"][0] == plain);
    REQUIRE(weighed == model);
}

TEST_CASE("Ctrl-C ends a fit that asked for it after a full step, and gives the history so far") {
    const data train = stripes(40, 7);
    auto model = net.build({.seed = 3}), same = model;
    auto trainer = trainer_of(model);
    const History history = trainer.fit(
        train,
        {.batch_size = 8, .epochs = 9, .callbacks = {interrupts{.at = 12}}, .stop_on_interrupt = true, .verbose = 0});
    REQUIRE(history.epochs() == 2);
    REQUIRE(trainer.steps() == 13);

    // The weights are those of a fit that stops after that step by itself.
    struct stops {
        std::size_t steps = 0;
        void on_batch_end(training_control& control, std::size_t, const Scores&) {
            if (++steps == 13) control.stop();
        }
    };
    trainer_of(same).fit(train, {.batch_size = 8, .epochs = 9, .callbacks = {stops{}}, .verbose = 0});
    REQUIRE(model == same);
}

TEST_CASE("Ctrl-C ends the program where the fit did not ask for it, and again after one that did") {
    const data train = stripes(8, 7);
    for (const bool after_one : {false, true}) {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            std::signal(SIGINT, SIG_DFL);
            auto model = net.build({.seed = 3});
            auto trainer = trainer_of(model);
            if (after_one) trainer.fit(train, {.stop_on_interrupt = true, .verbose = 0});
            trainer.fit(train, {.callbacks = {interrupts{.at = 1}}, .verbose = 0});
            std::_Exit(0);
        }
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(WTERMSIG(status) == SIGINT);
    }
}

TEST_CASE("ConfusionMatrix in compile scores as accuracy does, and evaluate leaves its counts") {
    const data train = stripes(60, 1);
    auto model = net.build({.seed = 5});
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, SparseCategoricalCrossentropy{.from_logits = true},
                           Accuracy{}, ConfusionMatrix{.class_names = {"top", "middle", "bottom"}});
    const History history = trainer.fit(train, {.epochs = 2, .validation_split = 0.5, .verbose = 0});
    CHECK(history["confusion_matrix"] == history["accuracy"]);
    CHECK(history["val_confusion_matrix"] == history["val_accuracy"]);
    const Scores scores = trainer.evaluate(train);
    const ConfusionMatrix& found = trainer.get_metric<ConfusionMatrix>().matrix;
    CHECK(found.classes == 3);
    CHECK(found.targets(0) + found.targets(1) + found.targets(2) == 60);
    CHECK(found.accuracy() == scores["accuracy"]);
    ConfusionMatrix same;
    same.add(model.predict(train.inputs()), std::span<const int>(train.labels()));
    CHECK(same.counts == found.counts);
}
