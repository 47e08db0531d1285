// A training under -ffast-math: NaN and infinities are found in data, options and losses, and a net learns. It includes
// the headers of what it uses alone: training needs no header that reads or writes files.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <strata/layers/activations.hpp>
#include <strata/layers/dense.hpp>
#include <strata/model/sequential.hpp>
#include <strata/train/callbacks/lambda_callback.hpp>
#include <strata/train/callbacks/terminate_on_nan.hpp>
#include <strata/train/compile.hpp>
#include <strata/train/dataset.hpp>
#include <strata/train/losses/categorical_crossentropy.hpp>
#include <strata/train/losses/regression.hpp>
#include <strata/train/metrics/accuracy.hpp>
#include <strata/train/optimizers/adam.hpp>
#include <strata/train/optimizers/sgd.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

/// The float of these bits, of which the compiler knows nothing.
float number(std::uint32_t bits) {
    volatile std::uint32_t hidden = bits;
    return std::bit_cast<float>(static_cast<std::uint32_t>(hidden));
}
const float nan_of_run_time = number(0x7fc00000), infinity_of_run_time = number(0x7f800000);

constexpr auto net = Sequential{Input<2>{}, Dense<8, Tanh>{}, Dense<2>{}};
using data_set = Dataset<float, shape{2}, int>;

data_set exclusive_or() {
    data_set data;
    for (int i = 0; i < 4; ++i)
        data.push_back(std::vector<float>{static_cast<float>(i % 2), static_cast<float>(i / 2)}, (i % 2) ^ (i / 2));
    return data;
}

}  // namespace

TEST_CASE("NaN in inputs, weights of samples and options is refused") {
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true});
    data_set data = exclusive_or();
    const std::vector<double> weights{1, 1, static_cast<double>(nan_of_run_time), 1};
    REQUIRE_THROWS_AS(trainer.fit(data, {.epochs = 1, .sample_weight = weights, .verbose = 0}), std::invalid_argument);
    data.push_back(std::vector<float>{1, nan_of_run_time}, 1);
    REQUIRE_THROWS_AS(trainer.fit(data, {.epochs = 1, .verbose = 0}), std::invalid_argument);
    REQUIRE_THROWS_AS(trainer.evaluate(data), std::invalid_argument);
    for (const float rate : {nan_of_run_time, infinity_of_run_time})
        REQUIRE_THROWS_AS(compile(model, SGD{.learning_rate = static_cast<double>(rate)}, MeanSquaredError{}),
                          std::invalid_argument);
}

TEST_CASE("TerminateOnNaN ends a training whose loss is no number") {
    auto model = Sequential{Input<2>{}, Dense<2>{}}.build();
    model.weights()[0].assign(std::vector<float>{9, 9, 9, 8});
    data_set data;
    data.push_back(std::vector<float>{3e38f, 3e38f}, 1);
    std::size_t epochs = 0;
    const auto count = [&](training_control&, std::size_t, const Scores&) { ++epochs; };
    auto trainer = compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true});
    trainer.fit(data,
                {.epochs = 5, .callbacks = {TerminateOnNaN{}, LambdaCallback{.on_epoch_end = count}}, .verbose = 0});
    REQUIRE(epochs < 5);
}

TEST_CASE("a net learns") {
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.05}, SparseCategoricalCrossentropy{.from_logits = true},
                           SparseCategoricalAccuracy{});
    const data_set data = exclusive_or();
    trainer.fit(data, {.epochs = 200, .verbose = 0});
    REQUIRE(trainer.evaluate(data)["sparse_categorical_accuracy"] == 1);
}
