// A time series: an LSTM foretells the next value of a signal with two periods and noise. It learns from windows, and
// runs as a stream, one value at a time.
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <numbers>
#include <span>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

constexpr std::size_t length = 32;

/// Two oscillations whose periods have no common multiple soon, and a twentieth of noise.
std::vector<float> make_signal(std::size_t count) {
    random_engine random(7);
    std::vector<float> signal;
    for (std::size_t i = 0; i < count; ++i) {
        const double t = static_cast<double>(i) * 2 * std::numbers::pi;
        signal.push_back(
            static_cast<float>(0.6 * std::sin(t / 24) + 0.4 * std::sin(t / 7.3) + random.uniform(-0.05, 0.05)));
    }
    return signal;
}

// [data]
/// Windows of the signal, each with the value that follows it.
Dataset<float, shape{length, 1}, float> windows(std::span<const float> signal) {
    Dataset<float, shape{length, 1}, float> data;
    for (std::size_t i = 0; i + length < signal.size(); ++i)
        data.push_back(signal.subspan(i, length), signal[i + length]);
    return data;
}
// [/data]

}  // namespace

int main() {
    const std::vector<float> signal = make_signal(1600);
    const auto past = std::span(signal).first(1200), future = std::span(signal).subspan(1200);

    // [train]
    const auto train = windows(past), test = windows(future);
    auto model = Sequential{Input<length, 1>{}, LSTM<16>{}, Dense<1>{}}.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{}, MeanAbsoluteError{});
    trainer.fit(train, {.epochs = 12, .verbose = 0});
    const double error = trainer.evaluate(test, {.verbose = 0})["mean_absolute_error"];
    // [/train]

    // Comparison: the value stays as it is.
    double naive = 0;
    for (std::size_t i = 0; i < test.size(); ++i)
        naive +=
            static_cast<double>(std::abs(test.label(i)[0] - test.input(i).back())) / static_cast<double>(test.size());

    // [stream]
    // The same weights in a net without a length: it keeps its state from value to value.
    auto live = Sequential{Input<any, 1>{}, LSTM<16, return_sequences>{}, Dense<1>{}}.build();
    for (std::size_t i = 0; i < model.weights().size(); ++i) live.weights()[i].assign(model.weights()[i].to_vector());
    auto stream = live.stream();
    double live_error = 0;
    float predicted = 0;
    for (const float value : future) {
        live_error += static_cast<double>(std::abs(value - predicted)) / static_cast<double>(future.size());
        stream.step(std::span(&value, 1), std::span(&predicted, 1));
    }
    // [/stream]

    std::printf("mean error of the LSTM %.2f, of the same weights in a stream %.2f, of the last value %.2f\n", error,
                live_error, naive);
    example::check(error < 0.4 * naive, "the LSTM's error is less than 40 % of that of the last value");
    example::check(live_error < 0.4 * naive, "so it is in a stream");
    return example::exit_code();
}
