// Subnormal numbers: the results of trainings and streams. subnormals.cpp has the scope, inference and times, which
// depend on optimization.
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "subnormals.hpp"

using namespace strata;

TEST_CASE("training flushes, and leaves the caller's mode alone") {
    auto scaled = Sequential{Input<256>{}, Dense<256>{}}.build();
    std::vector<float> kernel(256 * 256);
    for (std::size_t i = 0; i < 256; ++i) kernel[i * 256 + i] = 0x1p20f;
    scaled.weights()[0].assign(kernel);
    const std::vector<float> x(256, smallest_normal / 4);
    Dataset<float, shape{256}, float, shape{256}> data;
    for (int i = 0; i < 8; ++i) data.push_back(x, std::vector<float>(256));
    std::size_t calls = 0, flushing = 0;
    const auto look = [&](training_control&, std::size_t, const Scores&) {
        ++calls;
        flushing += flushes() ? 1 : 0;
    };
    auto trainer = compile(scaled, SGD{}, MeanSquaredError{});
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}})
        trainer.fit(data, {.batch_size = 4,
                           .epochs = 1,
                           .callbacks = {LambdaCallback{.on_epoch_end = look}},
                           .threads = threads,
                           .verbose = 0});
    CHECK(calls == 2);
    CHECK(flushing == 0);  // a callback runs in the caller's mode
    CHECK((trainer.evaluate(data)["loss"] == 0) == has_mode);
    trainer.train_on_batch(data);
    trainer.test_on_batch(data);
    CHECK(!flushes());
}

TEST_CASE("trainings on numbers that become subnormal are the same for any number of threads") {
    constexpr auto net = Sequential{Input<32>{}, Dense<64, Sigmoid>{}, Dense<64, ReLU>{}, Dense<10>{}};
    Dataset<float, shape{32}, int> data;
    random_engine engine(4);
    for (int i = 0; i < 64; ++i) {
        std::vector<float> x(32);
        for (float& value : x) value = static_cast<float>(engine.uniform(-1, 1)) * (i % 2 == 0 ? 1e-36f : 100.0f);
        data.push_back(x, static_cast<int>(engine() % 10));
    }
    std::vector<std::vector<float>> results;
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        auto model = net.build({.seed = 5});
        compile(model, Adam{}, SparseCategoricalCrossentropy{.from_logits = true})
            .fit(data, {.batch_size = 16, .epochs = 3, .threads = threads, .verbose = 0});
        results.push_back(model.predict(data.inputs()));
        for (const auto& weight : model.weights())
            for (const float value : weight.to_vector())
                CHECK((!has_mode || value == 0 || std::fabs(value) >= smallest_normal));
    }
    CHECK(results[0] == results[1]);
    CHECK(results[0] == results[2]);
}

TEST_CASE("what a stream remembers of an impulse becomes zero") {
    const auto ends = [](auto net) {
        const auto model = net.build({.seed = 3});
        auto stream = model.stream();
        std::array<float, decltype(stream)::output_size> y{};
        stream.step(std::array{1.0f}, y);
        for (int i = 0; i < 20000; ++i) stream.step(std::array{0.0f}, y);
        for (const float value : y) CHECK(value == 0);
    };
    ends(Sequential{Input<16, 1>{}, GRU<12, return_sequences>{}});
    ends(Sequential{Input<16, 1>{}, GRU<12, return_sequences, reset_after<false>>{}});
    ends(Sequential{Input<16, 1>{}, LSTM<12, return_sequences>{}});
    ends(Sequential{Input<16, 1>{}, SimpleRNN<12, return_sequences, recurrent_initializer<Constant<0.05>>>{}});
    ends(Sequential{Input<16, 1>{}, Conv1D<4, 3, padding::causal, Tanh>{}});
}

TEST_CASE("a stream passes a NaN on") {
    const auto passes = [](auto net) {
        const auto model = net.build({.seed = 3});
        auto stream = model.stream();
        std::array<float, decltype(stream)::output_size> y{};
        stream.step(std::array{internal::not_a_number<float>}, y);
        for (const float value : y) CHECK(internal::is_nan(value));
    };
    passes(Sequential{Input<16, 1>{}, GRU<12, return_sequences>{}});
    passes(Sequential{Input<16, 1>{}, GRU<12, return_sequences, reset_after<false>>{}});
    passes(Sequential{Input<16, 1>{}, LSTM<12, return_sequences>{}});
    passes(Sequential{Input<16, 1>{}, SimpleRNN<12, return_sequences>{}});
    passes(Sequential{Input<16, 1>{}, Conv1D<4, 3, padding::causal, Tanh>{}});
}
