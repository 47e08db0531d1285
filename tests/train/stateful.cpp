// Stateful recurrent layers: the samples of a batch continue those of the batch before, as in Keras
// (tests/golden/stateful.py). Bounds: see equals_keras.hpp.
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "equals_keras.hpp"

namespace {

/// Two epochs of fit with validation, then evaluate and predict, all of which continue each other; predict after a
/// reset.
template <class Net>
void compare_stateful(const io::safetensors_file& file, const char* name, Net net, std::size_t threads) {
    const keras_case keras(file, name);
    INFO(name << " with " << threads << " threads");
    auto model = net.template build<scalar>();
    begin_as(keras, model.weights());
    auto trainer = compile(model, SGD{.learning_rate = 0.2}, MeanSquaredError{});
    using data_type = dataset_for<Net, MeanSquaredError>;
    const auto data = samples<data_type>({keras.values("x"), keras.values("y")}, 0, 12);
    const auto validation = samples<data_type>({keras.values("validation_x"), keras.values("validation_y")}, 0, 6);
    const History history = trainer.fit(data, {.batch_size = 3,
                                               .epochs = 2,
                                               .validation_data = validation,
                                               .shuffle = false,
                                               .threads = threads,
                                               .verbose = 0});
    compare_history(keras, history);
    compare_weights(keras, model.weights());
    compare_one(keras, "evaluate/", trainer.evaluate(data));
    const auto compare_outputs = [&](const char* key, const std::vector<scalar>& outputs) {
        INFO(key);
        const std::vector<scalar> expected = keras.values(key);
        REQUIRE(outputs.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::fabs(outputs[i] - expected[i]) < scalar(5e-6));
    };
    const std::vector<scalar> continued = trainer.predict(data.inputs());
    compare_outputs("predict", continued);
    trainer.reset_states();
    const std::vector<scalar> begun = trainer.predict(data.inputs(), {.batch_size = 3});
    compare_outputs("predict_after_reset", begun);
    CHECK(begun != continued);
}

constexpr auto small = Sequential{Input<5, 2>{}, LSTM<6, return_sequences, stateful>{}, TimeDistributed<Dense<1>>{}};
using small_data = Dataset<float, shape{5, 2}, float, shape{5, 1}>;

small_data ramp(std::size_t count) {
    small_data data;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<float> x(10), y(5);
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = 0.1f * static_cast<float>((7 * i + 3 * k) % 11) - 0.5f;
        for (std::size_t k = 0; k < y.size(); ++k) y[k] = x[k] * x[k + 5];
        data.push_back(x, y);
    }
    return data;
}

}  // namespace

TEST_CASE("stateful layers equal Keras in fit, evaluate and predict") {
    const io::safetensors_file file(GOLDEN_FOLDER "/training_stateful.safetensors");
    for (const std::size_t threads : {1u, 2u}) {
        compare_stateful(file, "lstm", Sequential{Input<5, 2>{}, LSTM<6, return_sequences, stateful>{}, Dense<1>{}},
                         threads);
        compare_stateful(
            file, "gru_two",
            Sequential{Input<5, 2>{}, GRU<5, return_sequences, stateful>{}, GRU<17, stateful>{}, Dense<1>{}}, threads);
        compare_stateful(file, "gru_resets_before",
                         Sequential{Input<5, 2>{}, GRU<5, return_sequences, stateful, reset_after<false>>{},
                                    GRU<17, stateful, reset_after<false>>{}, Dense<1>{}},
                         threads);
        compare_stateful(file, "simple_rnn", Sequential{Input<5, 2>{}, SimpleRNN<4, stateful, no_bias>{}, Dense<1>{}},
                         threads);
        compare_stateful(file, "partly",
                         Sequential{Input<5, 2>{}, LSTM<4, return_sequences, stateful>{}, GRU<5>{}, Dense<1>{}},
                         threads);
        compare_stateful(file, "frozen",
                         Sequential{Input<5, 2>{}, LSTM<6, return_sequences, stateful, frozen>{}, Dense<1>{}}, threads);
    }
}

TEST_CASE("batches of a stateful layer are a stream cut into pieces") {
    constexpr auto net = Sequential{Input<5, 2>{}, LSTM<6, return_sequences, stateful>{}, Dense<1>{}};
    auto model = net.build({.seed = 3});
    auto trainer = compile(model, SGD{}, MeanSquaredError{});
    const small_data data = ramp(4);
    const std::vector<float> pieces = trainer.predict(data.inputs(), {.batch_size = 1});
    auto stream = model.stream();
    for (std::size_t t = 0; t < 20; ++t) {
        float y = 0.0f;
        stream.step(data.inputs().subspan(2 * t, 2), std::span(&y, 1));
        CHECK(std::fabs(y - pieces[t]) < 1e-6f);
    }
    // A model's own predict knows no batches: every sample begins at zero.
    const std::vector<float> apart = model.predict(data.inputs());
    CHECK(std::fabs(apart[4] - pieces[4]) < 1e-6f);
    CHECK(std::fabs(apart[9] - pieces[9]) > 1e-4f);
}

TEST_CASE("a batch after a reset trains as the first one") {
    const small_data first = ramp(3), second = ramp(6);
    const auto loss_after = [&](bool resets) {
        auto model = small.build({.seed = 4});
        auto trainer = compile(model, SGD{.learning_rate = 0.0}, MeanSquaredError{});
        const double begun = trainer.train_on_batch(first)["loss"];
        if (resets) trainer.reset_states();
        return std::pair(begun, trainer.train_on_batch(first)["loss"]);
    };
    const auto [reset_first, reset_second] = loss_after(true);
    CHECK(reset_first == reset_second);
    const auto [first_loss, continued] = loss_after(false);
    CHECK(first_loss != continued);
}

TEST_CASE("the training of docs/training.md begins each epoch at zero") {
    Dataset<float, shape{64, 1}, float, shape{64, 1}> data;
    for (std::size_t i = 0; i < 16; ++i) data.push_back(std::vector<float>(64, 0.1f), std::vector<float>(64, 0.2f));
    // [pieces]
    auto model = Sequential{Input<64, 1>{}, LSTM<16, return_sequences, stateful>{}, Dense<1>{}}.build();
    auto trainer = compile(model, Adam{}, MeanSquaredError{});
    const LambdaCallback reset{.on_epoch_begin = [&](training_control&, std::size_t) { trainer.reset_states(); }};
    trainer.fit(data, {.batch_size = 8, .epochs = 20, .shuffle = false, .callbacks = {reset}});
    // [/pieces]
    const auto continued = trainer.predict(data.inputs(), {.batch_size = 8});
    trainer.reset_states();
    CHECK(trainer.predict(data.inputs(), {.batch_size = 8}) != continued);
}

TEST_CASE("compile refuses a loss and a metric whose mask leaves no step") {
    auto model = small.build();
    CHECK_THROWS_AS(compile(model, SGD{}, PreEmphasizedSquaredError{.mask_first = 5}), std::invalid_argument);
    CHECK_THROWS_AS(compile(model, SGD{}, MeanSquaredError{}, ErrorToSignalRatio{.mask_first = 5}),
                    std::invalid_argument);
    CHECK_THROWS_AS(compile(model, SGD{}, MeanSquaredError{}, PreEmphasizedSquaredError{.mask_first = 9}),
                    std::invalid_argument);
    CHECK_NOTHROW(compile(model, SGD{}, PreEmphasizedSquaredError{.mask_first = 4}, ErrorToSignalRatio{}));
}

TEST_CASE("stateful layers refuse batches that cannot continue each other") {
    auto model = small.build({.seed = 4});
    auto trainer = compile(model, SGD{}, MeanSquaredError{});
    const small_data data = ramp(6);
    const std::vector<float> before = model.weights()[0].to_vector();
    const auto refuses = [&](auto call, const char* part) {
        try {
            call();
            FAIL("not refused: " << part);
        } catch (const std::invalid_argument& error) {
            INFO(error.what());
            CHECK(std::string(error.what()).find(part) != std::string::npos);
        }
    };
    refuses([&] { trainer.fit(data, {.batch_size = 3, .verbose = 0}); }, "fix: give .shuffle = false");
    refuses([&] { trainer.fit(data, {.batch_size = 4, .shuffle = false, .verbose = 0}); },
            "the data has 6 samples, no multiple of the batch size 4");
    refuses([&] { trainer.fit(data, {.batch_size = 2, .validation_split = 0.5, .shuffle = false, .verbose = 0}); },
            "the data has 3 samples, no multiple of the batch size 2");
    refuses(
        [&] {
            trainer.fit(
                data,
                {.batch_size = 2, .validation_data = data, .shuffle = false, .validation_batch_size = 3, .verbose = 0});
        },
        "fix: give .validation_batch_size = 2");
    CHECK(model.weights()[0].to_vector() == before);
    trainer.fit(data, {.batch_size = 2, .shuffle = false, .verbose = 0});
    refuses([&] { trainer.evaluate(data, {.batch_size = 3}); }, "those before had 2");
    refuses([&] { trainer.train_on_batch(data); }, "or call reset_states() first");
    refuses([&] { trainer.predict(data.inputs(), {.batch_size = 6}); }, "give .batch_size = 2");
    trainer.reset_states();
    trainer.train_on_batch(data);
}
