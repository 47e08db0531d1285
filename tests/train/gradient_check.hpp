// Gradients of weights against central differences.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <strata/strata.hpp>

#include "../catch.hpp"
#include "../model/one_by_one.hpp"

namespace strata {

// Functions that are no templates are compiled once: a program checks dozens of nets.

template <class Net>
using data_of = Dataset<double, Net::input_shape(), double, Net::output_shape()>;

template <class Net>
data_of<Net> random_samples(std::size_t count, random_engine& engine) {
    data_of<Net> data;
    std::vector<double> x(Net::input_shape().size()), y(Net::output_shape().size());
    for (std::size_t i = 0; i < count; ++i) {
        for (double& value : x) value = engine.uniform(-1.5, 1.5);
        for (double& value : y) value = engine.uniform(0.05, 1.0);
        data.push_back(x, y);
    }
    return data;
}

/// Moves every weight a little away from where it was initialized.
inline void disturb(std::span<const weight_view<double>> weights, random_engine& engine) {
    for (const auto& weight : weights)
        for (std::size_t i = 0; i < weight.size(); ++i) weight.write(i, weight[i] + engine.uniform(-0.2, 0.2));
}

/// Gradients that training found, and those of differences, weight by weight.
struct compared_gradients {
    std::vector<double> found, expected;

    /// Appends those of one weight, of at most about 40 of its elements; `gradients` lie as in memory.
    template <class Loss>
    void add(const weight_view<double>& weight, const kernels::panels& place, const double* gradients,
             const Loss& mean_loss) {
        for (std::size_t i = 0; i < weight.size(); i += 1 + weight.size() / 40) {
            const double before = weight[i], h = 1e-5;
            weight.write(i, before + h);
            const double above = mean_loss();
            weight.write(i, before - h);
            const double below = mean_loss();
            weight.write(i, before);
            expected.push_back((above - below) / (2 * h));
            found.push_back(gradients[place.offset(i / place.columns, i % place.columns)]);
        }
    }
    void require_equal(double tolerance) const {
        double largest = 0.0, worst = 0.0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            largest = std::max(largest, std::fabs(expected[i]));
            const double difference = std::fabs(found[i] - expected[i]);
            if (!(difference <= worst)) worst = difference;
        }
        INFO("largest " << largest << ", worst " << worst);
        REQUIRE(largest > 1e-4);
        REQUIRE(worst <= tolerance * std::max(largest, 1e-2));
    }
};

/// How samples are inferred: in tiles where they fill one, otherwise one by one.
constexpr bool in_tiles = true, one_by_one = false;

inline void require_right_way(bool way, std::size_t count, std::size_t tile) { REQUIRE(way == (count >= tile)); }

/// Compares the gradient of each weight with (loss(w + h) - loss(w - h)) / 2h. The error of the difference is h^2 times
/// the third derivative, of the order of 1e-9 here, and the rounding 1e-16 / h; a tolerance of 1e-6 of the largest
/// gradient leaves room for both. Way: in_tiles where the samples fill a tile of inference.
template <bool Way = one_by_one, class Net, class Loss = MeanSquaredError>
void check(Net, std::size_t count = 3, Loss loss = {}, double tolerance = 1e-6) {
    constexpr std::uint64_t seed = 20;
    INFO(__PRETTY_FUNCTION__ << ", seed " << seed);  // names the net; its summary takes long to compile
    random_engine engine(seed);
    const auto data = random_samples<Net>(count, engine);
    auto model = Net::template build<double>({.seed = seed});
    const auto weights = model.weights();
    disturb(weights, engine);

    if constexpr (!training_plan_of<Net, double>.is_whole)
        require_right_way(Way, count, detail::batch_tile<Net, double>);
    thread_pool threads(1);
    detail::gradient_computer<Net, double> training(threads);
    training.reserve(count);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    using data_type = data_of<Net>;
    const auto compute = [&] {
        training.compute_gradients(detail::batch<data_type>{.data = &data, .order = order}, loss,
                                   detail::parameter_access::of(model), 0);
    };
    compute();
    const std::vector<double> gradients(training.gradients(),
                                        training.gradients() + gradient_offsets_of<Net, double>.back());

    constexpr shape out = Net::output_shape();
    const auto mean_loss = [&] {
        double total = 0.0;
        if constexpr (training_plan_of<Net, double>.is_whole) {  // what the batch makes of each sample
            compute();
            for (std::size_t i = 0; i < count; ++i) total += training.loss(i);
        } else {
            const std::vector<double> y = [&] {
                if constexpr (Way) return model.predict(data.inputs());
                else return outputs_of(model, data.inputs());
            }();
            for (std::size_t i = 0; i < count; ++i)
                total += loss(out.rows(), out.back(), y.data() + i * out.size(), data.label(i).data(), 1.0,
                              static_cast<double*>(nullptr));
        }
        return total / static_cast<double>(count);
    };
    compared_gradients compared;
    for (std::size_t w = 0; w < weights.size(); ++w)
        if (weights[w].trainable())
            compared.add(weights[w], weight_rows_of<Net>[w].parameter.template storage<double>(),
                         gradients.data() + gradient_offsets_of<Net, double>[w], mean_loss);
    compared.require_equal(tolerance);
}

/// The weights of a model after some steps on batches of seven.
template <class Net>
std::vector<double> trained_weights(Net, std::size_t threads) {
    auto model = Net::template build<double>({.seed = 5});
    random_engine engine(6);
    const auto data = random_samples<Net>(31, engine);
    auto trainer = compile(model, SGD{.learning_rate = 0.05}, MeanSquaredError{});
    trainer.fit(data, {.batch_size = 7, .epochs = 2, .threads = threads, .verbose = 0});
    return {model.parameters(), model.parameters() + model.parameter_block_size()};
}

}  // namespace strata
