// A loss and a metric of one's own: quantile regression. The net foretells the value that nine of ten observations do
// not exceed, and the metric counts how many did not.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string_view>

#include <strata/strata.hpp>

#include "../check.hpp"

namespace {

using namespace strata;

// [loss]
/// The mean of max(q (target - y), (q - 1) (target - y)) (Koenker, Bassett 1978).
struct QuantileLoss {
    double quantile = 0.5;

    static constexpr std::string_view type = "QuantileLoss";
    static constexpr target_kind targets = target_kind::values;

    /// One sample: returns its loss, and where dy is not null writes scale times the derivative by y.
    template <class T, class Target>
    T operator()(std::size_t rows, std::size_t columns, const T* y, const Target* target, T scale, T* dy) const {
        const std::size_t count = rows * columns;
        const T above = static_cast<T>(quantile), below = above - T(1), share = T(1) / static_cast<T>(count);
        T sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const T error = static_cast<T>(target[i]) - y[i], slope = error > 0 ? above : below;
            sum += slope * error;
            if (dy != nullptr) dy[i] = -scale * slope * share;
        }
        return sum * share;
    }
};
// [/loss]

// [metric]
/// The share of targets that the output reaches.
struct Coverage {
    std::string_view name = "coverage";

    running_mean state = {};

    static constexpr std::string_view type = "Coverage";
    static constexpr target_kind targets = target_kind::values;

    void reset() { state = {}; }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        std::size_t reached = 0;
        for (std::size_t i = 0; i < rows * columns; ++i) reached += static_cast<T>(target[i]) <= y[i] ? 1u : 0u;
        state.add(static_cast<double>(reached) / static_cast<double>(rows * columns), weight);
    }
    double result() const { return state.result(); }
};
// [/metric]

/// y is x plus noise that grows with x: 0 to x.
Dataset<float, shape{1}, float> observations(std::size_t count, std::uint64_t seed) {
    random_engine random(seed);
    Dataset<float, shape{1}, float> data;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = random.uniform();
        data.push_back(std::array{static_cast<float>(x)}, static_cast<float>(x + x * random.uniform()));
    }
    return data;
}

}  // namespace

int main() {
    const auto train = observations(2000, 1), test = observations(1000, 2);
    // [train]
    auto model = Sequential{Input<1>{}, Dense<8, ReLU>{}, Dense<1>{}}.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.005}, QuantileLoss{.quantile = 0.9}, Coverage{});
    trainer.fit(train, {.batch_size = 100, .epochs = 150, .verbose = 0});
    const Scores scores = trainer.evaluate(test, {.verbose = 0});
    // [/train]
    std::printf("%.2f of the observations do not exceed what the net says\n", scores["coverage"]);
    std::printf("at x = 0.5 it says %.2f; the noise is 0 to 0.5, so that 0.95 is exact\n",
                static_cast<double>(model.predict(std::array{0.5f})[0]));
    example::check(std::abs(scores["coverage"] - 0.9) < 0.04, "they are nine of ten, to 4 of 100");
    example::check(std::abs(model.predict(std::array{0.5f})[0] - 0.95f) < 0.04f, "the quantile is right to 0.04");
    return example::exit_code();
}
