// Gradients through the statistics of a batch against central differences in double, and what threads and sizes of
// batches do to them.
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

namespace {

using namespace strata;

/// The weights of a model, statistics included, after two epochs of batches of nine and a last one of four.
template <class T, class Net>
std::vector<T> trained(Net, std::size_t threads, double rate = 0.05) {
    auto model = Net::template build<T>({.seed = 5});
    Dataset<T, Net::input_shape(), T, Net::output_shape()> data;
    random_engine engine(6);
    std::vector<T> x(Net::input_shape().size()), y(Net::output_shape().size());
    for (std::size_t i = 0; i < 31; ++i) {
        for (T& value : x) value = static_cast<T>(engine.uniform(-1.5, 1.5));
        for (T& value : y) value = static_cast<T>(engine.uniform(0.05, 1.0));
        data.push_back(x, y);
    }
    auto trainer = compile(model, SGD{.learning_rate = rate}, MeanSquaredError{});
    trainer.fit(data, {.batch_size = 9, .epochs = 2, .threads = threads, .verbose = 0});
    return {model.parameters(), model.parameters() + model.parameter_block_size()};
}

}  // namespace

TEST_CASE("gradients through the statistics of a batch equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, BatchNormalization<>{}, Dense<3>{}}, 6);
    check(Sequential{Input<5>{}, BatchNormalization<>{}, Dense<3, Tanh>{}}, 4);
    check(Sequential{Input<5>{}, Dense<17, no_bias>{}, BatchNormalization<no_scale>{}, Tanh{}, Dense<3>{}}, 40);
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, BatchNormalization<no_center, epsilon<0.1>>{}, Dense<3>{}}, 5);
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, BatchNormalization<no_center, no_scale>{}, Dense<3>{}}, 5);
    check(Sequential{Input<4, 3>{}, Dense<6, Tanh>{}, BatchNormalization<>{}, Sigmoid{}, Dense<2>{}}, 3);
}

TEST_CASE("gradients of convolutions through the statistics of a batch equal central differences") {
    check(Sequential{Input<6, 5, 2>{}, Conv2D<3, 2, Tanh>{}, BatchNormalization<>{}, Tanh{}, Conv2D<2, 3>{}}, 3);
    check(Sequential{Input<6, 7, 2>{}, Conv2D<17, 3, no_bias>{}, BatchNormalization<>{}, SiLU{},
                     GlobalAveragePooling2D<>{}, Dense<2>{}},
          3);
    check(Sequential{Input<5, 6, 3>{},
                     Residual<BatchNormalization<>, Tanh, Conv2D<3, 3, padding::same>, BatchNormalization<>>{}, Tanh{},
                     Conv2D<2, 4>{}},
          4);
}

TEST_CASE("gradients beside frozen statistics equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, BatchNormalization<frozen>{}, Dense<3>{}}, 6);
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, BatchNormalization<frozen>{}, Tanh{}, Dense<3>{}}, 6);
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, BatchNormalization<>{}, Dense<5, Tanh, frozen>{},
                     BatchNormalization<frozen>{}, Dense<3>{}},
          6);
}

TEST_CASE("a batch with statistics is not cut, and its plan is made for its size") {
    using whole = std::remove_const_t<decltype(Sequential{Input<5>{}, Dense<7>{}, BatchNormalization<>{}})>;
    static_assert(training_plan_of<whole, float>.is_whole && training_plan_of<whole, float>.tile == 32);
    static_assert(make_training_plan<whole, float>(100).arena_size >
                  3 * training_arena_bytes<whole> / sizeof(float) / 2);
    // One that is frozen is a layer as any other; statistics that nothing learns below are collected all the same.
    using cut = std::remove_const_t<decltype(Sequential{Input<5>{}, Dense<7>{}, BatchNormalization<frozen>{}})>;
    static_assert(!training_plan_of<cut, float>.is_whole);
    using bare =
        std::remove_const_t<decltype(Sequential{Input<5>{}, BatchNormalization<no_center, no_scale>{}, Dense<1>{}})>;
    static_assert(training_plan_of<bare, float>.first_layer == 0 &&
                  !training_plan_of<bare, float>.trained[0].has_backward());
}

TEST_CASE("a batch with statistics trains to the same bits with any number of threads") {
    constexpr auto dense = Sequential{Input<6>{}, Dense<37, no_bias>{}, BatchNormalization<>{}, ReLU{}, Dense<3>{}};
    constexpr auto conv = Sequential{Input<6, 5, 2>{},
                                     Conv2D<19, 3, padding::same, no_bias>{},
                                     BatchNormalization<>{},
                                     Residual<Tanh, BatchNormalization<momentum<0.5>>>{},
                                     Flatten<>{},
                                     Dense<3>{}};
    const auto one = trained<float>(dense, 1);
    REQUIRE(one == trained<float>(dense, 2));
    REQUIRE(one == trained<float>(dense, 3));
    const auto map = trained<float>(conv, 1);
    REQUIRE(map == trained<float>(conv, 2));
    REQUIRE(map == trained<float>(conv, 4));
}

TEST_CASE("moving statistics follow the batches, also where nothing else of the layer is trained") {
    constexpr auto net = Sequential{Input<3>{}, BatchNormalization<no_center, no_scale, momentum<0.75>>{}, Dense<1>{}};
    auto model = net.build<double>({.seed = 1});
    Dataset<double, shape{3}, double> data;
    for (const double a : {1.0, 2.0, 4.0, 9.0}) data.push_back(std::vector{a, 2.0 * a, -a}, 0.5);
    auto trainer = compile(model, SGD{.learning_rate = 0.0}, MeanSquaredError{});
    trainer.train_on_batch(data);
    const auto layer = model.get_layer<"batch_normalization">();
    const auto mean = layer.weight<"moving_mean">().to_vector(),
               variance = layer.weight<"moving_variance">().to_vector();
    REQUIRE(std::fabs(mean[0] - 0.25 * 4.0) < 1e-12);
    REQUIRE(std::fabs(mean[1] - 0.25 * 8.0) < 1e-12);
    REQUIRE(std::fabs(variance[2] - (0.75 + 0.25 * 9.5)) < 1e-12);
    // The packed weights that inference reads are up to date.
    const auto y = layer(Tensor<double, 1, 3>(std::array{1.0, 2.0, 3.0}));
    REQUIRE(std::fabs(y(0, 0) - (1.0 - mean[0]) / std::sqrt(variance[0] + 1e-3)) < 1e-12);
}
