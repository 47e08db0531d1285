// XOR: the smallest training. A net with one hidden layer learns what no net without one can.
#include <array>
#include <cstddef>
#include <cstdio>
#include <vector>

#include <strata/strata.hpp>

#include "../check.hpp"

int main() {
    using namespace strata;
    // [xor]
    Dataset<float, shape{2}, float> data;
    data.push_back(std::array{0.0f, 0.0f}, 0.0f);
    data.push_back(std::array{0.0f, 1.0f}, 1.0f);
    data.push_back(std::array{1.0f, 0.0f}, 1.0f);
    data.push_back(std::array{1.0f, 1.0f}, 0.0f);

    auto model = Sequential{Input<2>{}, Dense<8, Tanh>{}, Dense<1, Sigmoid>{}}.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.05}, BinaryCrossentropy{}, BinaryAccuracy{});
    trainer.fit(data, {.batch_size = 4, .epochs = 300, .verbose = 0});
    const std::vector<float> answers = model.predict(data.inputs());
    // [/xor]

    bool is_right = true;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto sample = data.input(i);
        std::printf("%.0f xor %.0f = %.0f\n", static_cast<double>(sample[0]), static_cast<double>(sample[1]),
                    static_cast<double>(answers[i]));
        is_right = is_right && (answers[i] > 0.9f) == (data.label(i)[0] > 0.5f) &&
                   (answers[i] < 0.1f) == (data.label(i)[0] < 0.5f);
    }
    example::check(is_right, "all four answers are right, and surer than 90 %");
    return example::exit_code();
}
