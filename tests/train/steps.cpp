// Around the steps of a fit: clipping with several threads, the order of samples, the class of tied targets.
#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"

using namespace strata;

TEST_CASE("of tied targets the first names the class") {
    Dataset<float, shape{1}, float, shape{3}> tied;
    tied.push_back(std::vector{0.0f}, std::vector{0.5f, 0.5f, 0.0f});
    tied.push_back(std::vector{0.0f}, std::vector{0.2f, 0.4f, 0.4f});
    REQUIRE(detail::loss_weights(tied, target_kind::values, {{0, 2.0}, {1, 3.0}, {2, 5.0}}, {}) ==
            std::vector{2.0, 3.0});
    Dataset<float, shape{1}, float> single;  // of values that no int can hold the nearest int
    for (const float target : {1e30f, -1e30f, std::numeric_limits<float>::infinity(), 0.5f})
        single.push_back(std::vector{0.0f}, target);
    const class_weights weights{{INT_MAX, 2.0}, {INT_MIN, 3.0}, {0, 5.0}};
    REQUIRE(detail::loss_weights(single, target_kind::values, weights, {}) == std::vector{2.0, 3.0, 2.0, 5.0});
}

TEST_CASE("clipping of each kind gives the same weights with any number of threads, and steps of the given length") {
    // Weights of very different sizes: threads are done at different times.
    constexpr auto uneven = Sequential{Input<6>{}, Dense<1>{}, Dense<700, Tanh>{}, Dense<3>{}};
    Dataset<float, shape{6}, float, shape{3}> train;
    random_engine engine(9);
    for (int i = 0; i < 24; ++i) {
        std::vector<float> x(6), y(3);
        for (float& value : x) value = static_cast<float>(engine.uniform(-1.0, 1.0));
        for (float& value : y) value = static_cast<float>(engine.uniform(-3.0, 3.0));
        train.push_back(x, y);
    }
    const auto fitted = [&](const SGD& optimizer, std::size_t threads, std::size_t epochs, std::size_t batch) {
        auto model = uneven.build({.seed = 6});
        compile(model, optimizer, MeanSquaredError{})
            .fit(train, {.batch_size = batch, .epochs = epochs, .threads = threads, .verbose = 0});
        return model;
    };
    const auto begin = uneven.build({.seed = 6});
    const auto moved = [&](const SGD& optimizer) {
        const auto model = fitted(optimizer, 2, 1, 24);  // one step
        std::vector<double> squares;
        for (std::size_t w = 0; w < model.weights().size(); ++w) {
            squares.push_back(0.0);
            for (std::size_t i = 0; i < model.weights()[w].size(); ++i) {
                const double step =
                    static_cast<double>(model.weights()[w][i]) - static_cast<double>(begin.weights()[w][i]);
                squares.back() += step * step;
            }
        }
        return squares;
    };
    const SGD by_value{.learning_rate = 0.1, .clipvalue = 0.002}, by_norm{.learning_rate = 0.1, .clipnorm = 0.01},
        by_all{.learning_rate = 0.1, .global_clipnorm = 0.01};
    for (const SGD& optimizer : {by_value, by_norm, by_all}) {
        CAPTURE(optimizer.clipvalue, optimizer.clipnorm, optimizer.global_clipnorm);
        const auto one = fitted(optimizer, 1, 40, 4);
        for (const std::size_t threads : {2u, 3u}) REQUIRE(fitted(optimizer, threads, 40, 4) == one);
    }
    double total = 0.0;
    for (const double square : moved(by_all)) total += square;
    REQUIRE(std::sqrt(total) == Approx(0.1 * 0.01).epsilon(1e-3));
    for (const double square : moved(by_norm)) REQUIRE(std::sqrt(square) <= 0.1 * 0.01 * 1.001);
    REQUIRE(std::sqrt(moved(by_norm)[2]) == Approx(0.1 * 0.01).epsilon(1e-3));
}

TEST_CASE("a shuffle puts each sample at each place equally often") {
    // A net that never changes, as its input is zero: the loss of a sample is the square of its number.
    constexpr auto still = Sequential{Input<1>{}, Dense<1, no_bias>{}};
    constexpr std::size_t samples = 5, epochs = 1000;
    Dataset<float, shape{1}, float, shape{1}> numbers;
    for (std::size_t i = 0; i < samples; ++i) numbers.push_back(std::vector{0.0f}, std::vector{static_cast<float>(i)});
    std::array<std::array<double, samples>, samples> counts{};
    double sum = 0.0;
    LambdaCallback observer{.on_batch_end = [&](training_control&, std::size_t batch, const Scores& scores) {
        const double before = batch == 0 ? 0.0 : sum;
        sum = scores["loss"] * static_cast<double>(batch + 1);  // the mean of the batches so far
        ++counts.at(static_cast<std::size_t>(std::lround(std::sqrt(std::max(0.0, sum - before))))).at(batch);
    }};
    auto model = still.build({.seed = 1});
    compile(model, SGD{}, MeanSquaredError{})
        .fit(numbers, {.batch_size = 1, .epochs = epochs, .seed = 3, .callbacks = {observer}, .verbose = 0});
    double chi_square = 0.0;
    for (const auto& row : counts)
        for (const double count : row) chi_square += (count - 200.0) * (count - 200.0) / 200.0;
    REQUIRE(chi_square < 39.3);  // 16 degrees of freedom, one in a thousand
}
