// The gradients of branching layers against central differences in double; that threads do not change them; nets as
// people write them with branching layers, trained.
#include <cmath>
#include <cstddef>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

using namespace strata;

TEST_CASE("gradients of merged paths equal central differences") {
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Concatenate<branch<Dense<4, Tanh>>, branch<>, branch<Dense<3>>>{},
                     Tanh{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Add<branch<Dense<4>>, branch<Dense<4, Tanh>>, branch<Dense<4>>>{},
                     GELU{}, Dense<2>{}});
    check<in_tiles>(
        Sequential{Input<5>{}, Dense<6>{}, Multiply<branch<Dense<4, Tanh>>, branch<Dense<4, Sigmoid>>>{}, Dense<3>{}},
        37);
    check(Sequential{Input<5>{}, Dense<6>{}, Average<branch<Dense<4, Tanh>>, branch<Dense<4>>, branch<Dense<4>>>{},
                     Tanh{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Subtract<branch<Dense<4, Tanh>>, branch<Dense<4>>>{}, Tanh{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Maximum<branch<Dense<4>>, branch<Dense<4>>, branch<Dense<4>>>{}, Tanh{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Minimum<branch<Dense<4>>, branch<Dense<4>>>{}, SiLU{}, Dense<2>{}});
}

TEST_CASE("gradients of a value that a merge reads more than once equal central differences") {
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Add<branch<>, branch<>, branch<Dense<6, Tanh>>>{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Multiply<branch<>, branch<>, branch<>>{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Concatenate<branch<>, branch<Tanh>, branch<>>{}, Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6>{}, Subtract<branch<Tanh>, branch<>>{}, Add<branch<>, branch<SiLU>>{},
                     Dense<3>{}});
}

TEST_CASE("gradients of shapes that are broadcast equal central differences") {
    check(Sequential{Input<4, 5, 3>{}, Conv2D<6, 2, Tanh>{},
                     Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<6, Sigmoid>>>{}, Flatten<>{},
                     Dense<2>{}});
    check(Sequential{Input<4, 3>{}, Dense<5, Tanh>{}, Multiply<branch<Dense<1, Sigmoid>>, branch<>>{}, Flatten<>{},
                     Dense<2>{}});
    check(Sequential{Input<4, 3>{}, Dense<5>{}, Add<branch<GlobalMaxPooling1D<>>, branch<Dense<1>>, branch<>>{}, Tanh{},
                     Flatten<>{}, Dense<2>{}});
}

TEST_CASE("gradients of nested and of frozen paths equal central differences") {
    check(Sequential{Input<5>{}, Dense<6, Tanh>{},
                     Concatenate<branch<Residual<Dense<6, Tanh>>>,
                                 branch<Dense<4>, Multiply<branch<Tanh>, branch<Dense<4, Sigmoid>>>>>{},
                     Dense<3>{}});
    check(Sequential{Input<5>{}, Dense<6, Tanh>{}, Concatenate<branch<Dense<4, Tanh, frozen>>, branch<Dense<3>>>{},
                     Dense<3>{}});
    check(Sequential{Input<5>{}, Concatenate<frozen, branch<Dense<4, Tanh>>, branch<>>{}, Dense<3, Tanh>{}});
    check(Sequential{Input<6, 5, 2>{},
                     Concatenate<branch<Conv2D<3, 3, padding::same, Tanh>>, branch<Conv2D<2, 1>>,
                                 branch<MaxPooling2D<3, strides<1>, padding::same>>>{},
                     ReLU{}, Flatten<>{}, Dense<2>{}});
}

TEST_CASE("branching layers train to the same bits with any number of threads") {
    constexpr auto net = Sequential{Input<6, 5, 2>{},
                                    Concatenate<branch<Conv2D<4, 3, padding::same>>, branch<>>{},
                                    Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<6, Sigmoid>>>{},
                                    Average<branch<Conv2D<4, 1>>, branch<Conv2D<4, 3, padding::same>>>{},
                                    Flatten<>{},
                                    Dense<3>{}};
    const auto one = trained_weights(net, 1);
    REQUIRE(one == trained_weights(net, 2));
    REQUIRE(one == trained_weights(net, 3));
}

// WaveNet's gate: the tanh of one dilated convolution times the sigmoid of another, and a residual around it.
TEST_CASE("a gate as in WaveNet learns a product that its input does not hold") {
    using gate = Multiply<branch<Conv1D<8, 2, dilation<2>, padding::causal, Tanh>>,
                          branch<Conv1D<8, 2, dilation<2>, padding::causal, Sigmoid>>>;
    constexpr auto net = Sequential{Input<16, 1>{}, Conv1D<8, 2, padding::causal>{}, Residual<gate, Conv1D<8, 1>>{},
                                    Residual<gate, Conv1D<8, 1>>{}, Conv1D<1, 1>{}};
    auto model = net.build({.seed = 3});
    Dataset<float, shape{16, 1}, float, shape{16, 1}> data;
    random_engine engine(4);
    for (int n = 0; n < 200; ++n) {
        std::vector<float> x(16), y(16);
        for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
        for (std::size_t t = 2; t < 16; ++t) y[t] = x[t] * x[t - 2];
        data.push_back(x, y);
    }
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{});
    const auto history = trainer.fit(data, {.batch_size = 16, .epochs = 40, .seed = 5, .verbose = 0});
    const double first = history["loss"].front(), last = history["loss"].back();
    INFO(first << " -> " << last);
    REQUIRE(last < first / 5);
}

// Hu et al. 2018: a path that ends in one value a channel, multiplied over the map.
TEST_CASE("a squeeze-and-excitation block learns which channel to pass on") {
    using squeeze = Multiply<branch<>, branch<GlobalAveragePooling2D<>, Dense<4, ReLU>, Dense<8, Sigmoid>>>;
    constexpr auto net = Sequential{Input<6, 6, 2>{}, Conv2D<8, 3, padding::same, ReLU>{}, squeeze{},
                                    GlobalAveragePooling2D<>{}, Dense<1, Sigmoid>{}};
    auto model = net.build({.seed = 3});
    Dataset<float, shape{6, 6, 2}, float, shape{1}> data;
    random_engine engine(4);
    for (int n = 0; n < 300; ++n) {
        std::vector<float> x(72);
        const bool is_second = n % 2 == 1;  // the channel whose mean is the larger
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(engine.uniform(0.0, (i % 2 == 1) == is_second ? 1.0 : 0.7));
        data.push_back(x, std::vector<float>{is_second ? 1.0f : 0.0f});
    }
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, BinaryCrossentropy{}, BinaryAccuracy{});
    trainer.fit(data, {.batch_size = 16, .epochs = 30, .seed = 5, .verbose = 0});
    const auto scores = trainer.evaluate(data);
    INFO(scores["binary_accuracy"]);
    REQUIRE(scores["binary_accuracy"] > 0.95);
}
