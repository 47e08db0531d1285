// Regression on a table: how diabetes of 442 patients progressed within a year, by ten measurements (Efron, Hastie,
// Johnstone, Tibshirani 2004; the data set that scikit-learn ships).
// usage: regression [FILE]
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>

#include "../check.hpp"

#if !defined(DIABETES_FILE)
#define DIABETES_FILE "examples/regression/diabetes.csv"
#endif

namespace {

using namespace strata;

int learn(const char* file) {
    // [data]
    const Table table = read_csv(file);
    const auto patients = table.dataset<shape{10}>("progression");  // all other columns are its values
    const auto parts = train_test_split(patients, {.test_size = 0.25, .seed = 4});

    const auto scale = Standardization<>::of(parts.train);  // mean 0 and variance 1, without a look at the test
    const auto train = scale.apply(parts.train), test = scale.apply(parts.test);
    // [/data]
    std::printf("%zu patients, %zu of them for the test\n", patients.size(), test.size());

    // [train]
    constexpr auto net = Sequential{Input<10>{}, Dense<16, ReLU>{}, Dropout<0.2>{}, Dense<1>{}};
    auto model = net.build({.seed = 1});
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{}, MeanAbsoluteError{}, R2Score{});
    trainer.fit(train, {.epochs = 150, .verbose = 0});
    const Scores scores = trainer.evaluate(test, {.verbose = 0});
    const std::vector<float> predicted = model.predict(test.inputs());
    // [/train]

    // For comparison: an answer that is always the mean of the training's patients.
    double mean = 0, mean_error = 0;
    for (const float each : train.labels()) mean += static_cast<double>(each) / static_cast<double>(train.size());
    for (const float each : test.labels())
        mean_error += std::abs(static_cast<double>(each) - mean) / static_cast<double>(test.size());

    std::printf("\n   true  predicted\n");
    for (std::size_t i = 0; i < 6; ++i)
        std::printf("%7.0f %10.0f\n", static_cast<double>(test.label(i)[0]), static_cast<double>(predicted[i]));
    std::printf("\nmean absolute error: %.0f; of the mean alone: %.0f\n", scores["mean_absolute_error"], mean_error);
    std::printf("R2 score: %.1f\n", scores["r2_score"]);

    example::check(scores["r2_score"] > 0.4, "the net explains more than 40 % of the variance");
    example::check(scores["mean_absolute_error"] < 0.8 * mean_error,
                   "its error is a fifth smaller than that of the mean");
    return example::exit_code();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return learn(argc > 1 ? argv[1] : DIABETES_FILE);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "regression: %s\n", error.what());
        return 2;
    }
}
