// Models that optimize made give what those that they were made of give.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "folding_layers.hpp"
#include "one_by_one.hpp"

namespace {

using namespace strata;

constexpr std::uint64_t seed = 11;

/// A model with kernels and biases around zero, factors and variances around one.
template <class T, class Net>
auto random_model(Net net) {
    auto model = net.template build<T>();
    random_engine engine(seed);
    for (const auto weight : model.weights()) {
        const auto is = [&](std::string_view end) { return weight.name().ends_with(end); };
        const auto rows = static_cast<double>(weight.shape().rows());
        double low = -std::sqrt(3.0 / rows), high = -low;
        if (is("/gamma") || is("/gains")) low = -1.5, high = 1.5;
        if (is("/moving_variance")) low = 0.1, high = 2.0;
        if (is("/beta") || is("/bias") || is("/moving_mean")) low = -0.5, high = 0.5;
        std::vector<T> values(weight.size());
        for (T& value : values) value = static_cast<T>(engine.uniform(low, high));
        weight.assign(values);
    }
    return model;
}

/// The largest difference of the outputs of both over the largest output.
template <class Model, class Other>
double difference(const Model& model, const Other& other) {
    using T = typename Model::value_type;
    random_engine engine(seed + 1);
    std::vector<T> x(3 * Model::input_shape().size());
    for (T& value : x) value = static_cast<T>(engine.uniform(-1.0, 1.0));
    const std::vector<T> expected = outputs_of(model, x), got = outputs_of(other, x);
    if (expected.size() != got.size()) throw std::runtime_error("outputs of other sizes");
    double largest = 0.0, most = 0.0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
        most = std::max(most, std::abs(static_cast<double>(expected[i] - got[i])));
    }
    return most / largest;
}

#if defined(EVERY_NET_IN_FLOAT)
constexpr bool every_net_in_float = true;
#else
constexpr bool every_net_in_float = false;
#endif

/// In double; of the layers of the flattened list `left` are left. A rounding is 1e-16: room for some hundred that do
/// not cancel out. In float, whose roundings are 6e-8, where InFloat: weights are folded by the same code.
template <bool InFloat = every_net_in_float, class Net>
void check(Net net, std::size_t left) {
    INFO(__PRETTY_FUNCTION__ << ", seed " << seed);
    CHECK(flat_layers_of<decltype(optimize(net))>::size() == left);
    const auto precise = random_model<double>(net);
    CHECK(difference(precise, optimize(precise)) < 1e-13);
    if constexpr (InFloat) {
        const auto model = random_model<float>(net);
        CHECK(difference(model, optimize(model)) < 1e-5);
    }
}
/// Of nets that have each kind of folding.
template <class Net>
void check_both(Net net, std::size_t left) {
    check<true>(net, left);
}

}  // namespace

TEST_CASE("BatchNormalization is folded into every layer with a kernel") {
    check(Sequential{Input<7>{}, Dense<5>{}, BatchNormalization<>{}}, 1);
    check_both(Sequential{Input<3, 7>{}, Dense<5, no_bias>{}, BatchNormalization<>{}, Tanh{}}, 1);
    check(Sequential{Input<11, 9, 3>{}, Conv2D<10, 3, no_bias, padding::same>{}, BatchNormalization<>{}}, 1);
    check(Sequential{Input<11, 9, 3>{}, Conv2D<7, window{3, 2}, strides<2>>{}, BatchNormalization<>{}, ReLU{}}, 1);
    check_both(Sequential{Input<17, 3>{}, Conv1D<5, 3, padding::causal>{}, BatchNormalization<>{}}, 1);
    check_both(Sequential{Input<11, 9, 3>{}, DepthwiseConv2D<3, no_bias>{}, BatchNormalization<>{}}, 1);
    check(Sequential{Input<11, 9, 3>{}, DepthwiseConv2D<3, depth_multiplier<3>>{}, BatchNormalization<>{}}, 1);
    check_both(Sequential{Input<17, 3>{}, DepthwiseConv1D<3, depth_multiplier<2>>{}, BatchNormalization<>{}}, 1);
    check(Sequential{Input<11, 9, 3>{}, SeparableConv2D<7, 3, no_bias>{}, BatchNormalization<>{}}, 1);
    check(Sequential{Input<17, 3>{}, SeparableConv1D<7, 3, depth_multiplier<2>>{}, BatchNormalization<>{}}, 1);
    check_both(
        Sequential{Input<4, 5, 3>{}, Conv2DTranspose<7, window{3, 2}, strides<2>, no_bias>{}, BatchNormalization<>{}},
        1);
    check(Sequential{Input<9, 3>{}, Conv1DTranspose<7, 3, padding::same>{}, BatchNormalization<>{}, ReLU{}}, 1);
}

TEST_CASE("BatchNormalization is folded whatever weights it has") {
    check(Sequential{Input<7>{}, Dense<5>{}, BatchNormalization<no_center>{}}, 1);
    check(Sequential{Input<7>{}, Dense<5>{}, BatchNormalization<no_scale>{}}, 1);
    check(Sequential{Input<7>{}, Dense<5, no_bias>{}, BatchNormalization<no_scale, no_center, epsilon<0.1>>{}}, 1);
    check(Sequential{Input<7>{}, Dense<5>{}, BatchNormalization<>{}, Dropout<0.5>{}, BatchNormalization<>{}, ELU{}}, 1);
}

TEST_CASE("A deep net without its normalizations gives the same") {
    check_both(
        Sequential{Input<16, 15, 3>{}, Conv2D<8, 3, strides<2>, no_bias>{}, BatchNormalization<>{}, ReLU{},
                   Residual{SeparableConv2D<12, 3, padding::same, no_bias>{}, BatchNormalization<>{}, ReLU{},
                            SeparableConv2D<12, 3, padding::same, no_bias>{}, BatchNormalization<>{},
                            shortcut{Conv2D<12, 1, no_bias>{}, BatchNormalization<>{}}},
                   ReLU{},
                   Residual{Conv2D<12, 3, padding::same>{}, BatchNormalization<>{}, ReLU{}, Dropout<0.2>{},
                            Conv2D<12, 3, padding::same>{}, BatchNormalization<>{}},
                   BatchNormalization<>{}, ReLU{}, MaxPooling2D<2>{}, BatchNormalization<>{}, Conv2D<9, 3, no_bias>{},
                   Sequential{BatchNormalization<>{}, SiLU{}, GlobalAveragePooling2D<>{}, Dropout<0.5>{}},
                   Dense<16, no_bias>{}, BatchNormalization<>{}, Tanh{}, Dense<4>{}, Softmax{}},
        17);
}

TEST_CASE("What two layers read is not folded") {
    check_both(Sequential{Input<7>{}, Dense<5>{}, Residual{BatchNormalization<>{}, Dense<5>{}, BatchNormalization<>{}},
                          Dropout<0.1>{}, Residual{BatchNormalization<>{}, ReLU{}, shortcut{BatchNormalization<>{}}}},
               8);
}

TEST_CASE("A border of zeros becomes the padding of the next convolution") {
    check(Sequential{Input<8, 9, 3>{}, ZeroPadding2D<1>{}, Conv2D<5, 3>{}}, 1);
    check_both(Sequential{Input<8, 9, 3>{}, ZeroPadding2D<border{0, 1, 1, 1}>{}, Conv2D<5, 3, strides<2>, no_bias>{},
                          BatchNormalization<>{}, ReLU{}},
               1);
    check(Sequential{Input<8, 8, 3>{}, ZeroPadding2D<border{0, 2, 0, 0}>{}, Conv2D<4, 4, strides<4>>{}}, 1);
    check(Sequential{Input<8, 9, 3>{}, ZeroPadding2D<1>{}, Conv2D<5, 3, strides<2>>{}}, 2);
    check(Sequential{Input<8, 9, 3>{}, ZeroPadding2D<2>{}, DepthwiseConv2D<3, dilation<2>>{}}, 1);
    check(Sequential{Input<8, 9, 3>{}, ZeroPadding2D<1>{}, SeparableConv2D<5, 3>{}, BatchNormalization<>{}}, 1);
    check(Sequential{Input<9, 3>{}, ZeroPadding1D<ends{4, 0}>{}, Conv1D<5, 3, dilation<2>>{}}, 1);
    check(Sequential{Input<10, 3>{}, ZeroPadding1D<ends{2, 0}>{}, Conv1D<5, 3, strides<2>>{}}, 1);
    check(Sequential{Input<10, 3>{}, ZeroPadding1D<ends{0, 1}>{}, Conv1D<5, 3, strides<2>>{}}, 1);
    check(Sequential{Input<9, 3>{}, ZeroPadding1D<1>{}, SeparableConv1D<5, 3>{}}, 1);
}

TEST_CASE("Constants, activations and own layers are folded") {
    check_both(Sequential{Input<6>{}, Rescaling<1.0 / 255>{}, Rescaling<2.0, -1.0>{}, Dense<5>{}, Rescaling<3.0, 0.5>{},
                          Elementwise<squared>{}},
               2);
    check_both(Sequential{Input<6>{}, Dense<5, no_bias>{}, Gains<>{}, BatchNormalization<>{}, Softsquare{}}, 1);
    check(Sequential{Input<6>{}, Twofold<no_bias>{}, BatchNormalization<>{}, ReLU{}, Dense<2>{}, Gains<>{}}, 2);
    check(Sequential{Input<5, 6>{}, Dense<4>{}, LogSoftmax{}, Flatten<>{}, Dense<3>{}, LeakyReLU<0.2>{}}, 3);
}

TEST_CASE("A model with nothing to fold is the same model") {
    constexpr auto net = Sequential{Input<6>{}, Dense<5, ReLU>{}, Dense<2>{}};
    const auto model = net.build({.seed = seed});
    STATIC_REQUIRE(std::is_same_v<decltype(optimize(model)), std::remove_const_t<decltype(model)>>);
    CHECK(optimize(model) == model);
}

TEST_CASE("Layers that were not folded keep their weights bit for bit, under their names") {
    constexpr auto net =
        Sequential{Input<9, 9, 2>{}, Conv2D<4, 3>{}, BatchNormalization<>{}, MaxPooling2D<2>{}, BatchNormalization<>{},
                   Conv2D<3, 2>{},   ReLU{}};
    const auto model = random_model<float>(net);
    const auto folded = optimize(model);
    CHECK(folded.weights().size() == 8);
    CHECK(folded.get_layer<"conv2d_1">().kernel().to_vector() == model.get_layer<"conv2d_1">().kernel().to_vector());
    CHECK(folded.get_layer<"batch_normalization_1">().weight<"beta">().to_vector() ==
          model.get_layer<"batch_normalization_1">().weight<"beta">().to_vector());
    CHECK(folded.weights()[0].name() == "conv2d/kernel");
    CHECK(folded.weights()[0][5] != model.weights()[0][5]);
}

TEST_CASE("Weights are folded in double and rounded once") {
    constexpr auto net = Sequential{Input<3>{}, Dense<2>{}, BatchNormalization<>{}, BatchNormalization<>{}};
    const auto model = random_model<float>(net);
    const auto value = [&](std::size_t weight, std::size_t i) {
        return static_cast<double>(model.weights()[weight][i]);
    };
    const auto folded = optimize(model);
    for (std::size_t c = 0; c < 2; ++c) {
        double scale = 1.0, shift = 0.0;
        for (std::size_t first = 2; first < 10; first += 4) {
            const double factor = value(first, c) / std::sqrt(value(first + 3, c) + 1e-3);
            shift = (shift - value(first + 2, c)) * factor + value(first + 1, c);
            scale *= factor;
        }
        // One unit in the last place: that of the rounding, as the double sums may be put together in another order.
        for (std::size_t i = c; i < 6; i += 2)
            CHECK(std::abs(static_cast<double>(folded.weights()[0][i]) - value(0, i) * scale) <=
                  6.0e-8 * std::abs(value(0, i) * scale));
        const double bias = value(1, c) * scale + shift;
        CHECK(std::abs(static_cast<double>(folded.weights()[1][c]) - bias) <= 6.0e-8 * std::abs(bias));
    }
}

TEST_CASE("The batch that a summary shows stays") {
    const auto model = Sequential{Dense<3>{}, BatchNormalization<>{}}.build_for(ones<5, 4>());
    CHECK(optimize(model).summary().str().find("(5, 3)") != std::string::npos);
}

TEST_CASE("A folded model can be trained") {
    auto model = optimize(random_model<float>(Sequential{Input<3>{}, Dense<4>{}, BatchNormalization<>{}, Tanh{},
                                                         Dropout<0.5>{}, Dense<1>{}, Elementwise<squared>{}}));
    Dataset<float, shape{3}, float, shape{1}> data;
    for (int i = 0; i < 16; ++i)
        data.push_back(std::array{0.1f * static_cast<float>(i), 1.0f, -0.5f},
                       std::array{0.05f * static_cast<float>(i)});
    auto trainer = compile(model, SGD{.learning_rate = 0.05}, MeanSquaredError{});
    const auto before = trainer.evaluate(data)["loss"];
    trainer.fit(data, {.epochs = 20, .verbose = 0});
    CHECK(trainer.evaluate(data)["loss"] < before);
}
