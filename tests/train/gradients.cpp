// The gradients of every layer and activation against central differences in double, through a non-linear loss.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

namespace {

using namespace strata;

template <class Net>
using data_of = Dataset<double, Net::input_shape(), double, Net::output_shape()>;

template <class Net>
data_of<Net> random_data(std::size_t count, random_engine& engine) {
    data_of<Net> data;
    std::vector<double> x(Net::input_shape().size()), y(Net::output_shape().size());
    for (std::size_t i = 0; i < count; ++i) {
        for (double& value : x) value = engine.uniform(-1.5, 1.5);
        for (double& value : y) value = engine.uniform(0.05, 1.0);
        data.push_back(x, y);
    }
    return data;
}

/// Compares the gradient of each weight with (loss(w + h) - loss(w - h)) / 2h. The error of the difference is h^2 times
/// the third derivative, of the order of 1e-9 here, and the rounding 1e-16 / h; 1e-6 of the largest gradient leaves
/// room for both.
template <class Net, class Loss = MeanSquaredError>
void check(Net, std::size_t count = 3, Loss loss = {}) {
    constexpr std::uint64_t seed = 20;
    INFO(Net::summary().str() << "seed " << seed);
    random_engine engine(seed);
    const auto data = random_data<Net>(count, engine);
    auto model = Net::template build<double>({.seed = seed});
    for (const auto& weight : model.weights())
        for (std::size_t i = 0; i < weight.size(); ++i) weight.write(i, weight[i] + engine.uniform(-0.2, 0.2));

    team threads(1);
    detail::training_engine<Net, double> training(threads);
    training.reserve(count);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    using data_type = data_of<Net>;
    training.compute_gradients(detail::batch<data_type>{.data = &data, .order = order}, loss, model.parameters(), 0);

    constexpr shape out = Net::output_shape();
    const auto mean_loss = [&] {
        const std::vector<double> y = model.predict(data.inputs());
        double total = 0.0;
        for (std::size_t i = 0; i < count; ++i)
            total += loss(out.rows(), out.back(), y.data() + i * out.size(), data.label(i).data(), 1.0,
                          static_cast<double*>(nullptr));
        return total / static_cast<double>(count);
    };
    std::vector<double> found, expected;
    for (std::size_t w = 0; w < model.weights().size(); ++w) {
        const auto weight = model.weights()[w];
        const auto place = weight_rows_of<Net>[w].what.template storage<double>();
        if (!weight.trainable()) continue;
        for (std::size_t i = 0; i < weight.size(); i += 1 + weight.size() / 40) {
            const double before = weight[i], h = 1e-5;
            weight.write(i, before + h);
            const double above = mean_loss();
            weight.write(i, before - h);
            const double below = mean_loss();
            weight.write(i, before);
            expected.push_back((above - below) / (2 * h));
            found.push_back(training.gradients()[gradient_offsets_of<Net, double>[w] +
                                                 place.offset(i / place.columns, i % place.columns)]);
        }
    }
    double largest = 0.0, worst = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        largest = std::max(largest, std::fabs(expected[i]));
        const double difference = std::fabs(found[i] - expected[i]);
        if (!(difference <= worst)) worst = difference;
    }
    INFO("largest " << largest << ", worst " << worst);
    REQUIRE(largest > 1e-4);
    REQUIRE(worst <= 1e-6 * std::max(largest, 1e-2));
}

/// An activation as an option of Dense and Conv2D, and as a layer behind them and behind something that cannot take it.
template <class Activation>
void check_activation() {
    check(Sequential<Input<5>, Dense<7, Activation>, Dense<3, Activation>>{});
    check(Sequential<Input<5>, Dense<7>, Activation, Dense<3, Sigmoid>, Activation>{});
    check(Sequential<Input<5, 4, 2>, Conv2D<3, 2, Activation>, Conv2D<5, 2, padding::same, Activation>, Flatten<>,
                     Dense<2>>{});
}

}  // namespace

TEST_CASE("gradients of dense layers equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, Dense<17, Tanh>{}, Dense<3>{}});
    check(Sequential{Input<33>{}, Dense<70, Tanh, no_bias>{}, Dense<19, no_bias>{}}, 5);
    check(Sequential{Input<4, 3>{}, Dense<6, Tanh>{}, Dense<2>{}});
    check(Sequential{Input<3>{}, Dense<4, Tanh>{}, Dense<2>{}}, 131);  // more than a tile
}

TEST_CASE("gradients of convolutions equal central differences") {
    check(Sequential{Input<7, 6, 2>{}, Conv2D<3, 3, Tanh>{}, Conv2D<5, window{2, 3}, Tanh>{}});
    check(Sequential{Input<7, 6, 2>{}, Conv2D<3, 3, padding::same, Tanh>{}, Conv2D<18, 2, padding::same>{}});
    check(
        Sequential{Input<9, 8, 2>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, strides<2>, Tanh>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<9, 8, 2>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, strides<2, 3>, padding::same>{}, Flatten<>{},
                     Dense<2>{}});
    check(Sequential{Input<9, 9, 1>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, dilation<2>, Tanh>{},
                     Conv2D<2, 2, dilation<2>, padding::same>{}});
    check(Sequential{Input<5, 5, 3>{}, Conv2D<33, 1, no_bias, Tanh>{}, Conv2D<4, 1, strides<2>>{}}, 6);
}

TEST_CASE("gradients through poolings equal central differences") {
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2, Tanh>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2, Tanh>{}, MaxPooling2D<3, strides<2>, padding::same>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2>{}, ReLU{}, MaxPooling2D<window{2, 3}, strides<1>>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<17, 2, Tanh>{}, AveragePooling2D<2>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<3, 2, Tanh>{}, AveragePooling2D<3, strides<2>, padding::same>{},
                     Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<17, 2, Tanh>{}, GlobalMaxPooling2D<>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<3, 2, Tanh>{}, GlobalAveragePooling2D<>{}, Dense<3>{}});
}

TEST_CASE("gradients through activations equal central differences") {
    check_activation<ReLU>();
    check_activation<ReLU6>();
    check_activation<LeakyReLU<0.3>>();
    check_activation<LeakyReLU<-0.5>>();
    check_activation<ELU>();
    check_activation<SELU>();
    check_activation<GELU>();
    check_activation<GELUTanh>();
    check_activation<SiLU>();
    check_activation<HardSiLU>();
}

TEST_CASE("gradients through further activations equal central differences") {
    check_activation<Mish>();
    check_activation<Sigmoid>();
    check_activation<HardSigmoid>();
    check_activation<Tanh>();
    check_activation<Softmax>();
    check_activation<LogSoftmax>();
    check_activation<Softplus>();
    check_activation<Softsign>();
    check_activation<Exponential>();
    check_activation<Linear>();
}

TEST_CASE("gradients through views, nested and frozen layers equal central differences") {
    check(
        Sequential{Input<6>{}, Dense<12, Tanh>{}, Reshape<shape{2, 3, 2}>{}, Conv2D<3, 2>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<5>{}, Sequential{Dense<4, Tanh>{}, Dense<5, frozen, Tanh>{}}, Dense<2>{}});
    check(Sequential{Input<5>{}, Dense<4, Tanh, frozen>{}, Dense<5, Tanh>{}, Activation<Tanh>{}, Dense<2, frozen>{}});
    check(Sequential{Input<5>{}, Dense<4, Tanh>{}, Dropout<0.0>{}, Dense<3, Tanh>{}, Dense<2, Tanh, frozen>{},
                     Dense<2>{}});
}
