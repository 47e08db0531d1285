// A program's file for one instruction set: compiled several times, each with its own -march and -DPART=name. The code
// is the same in each file, so whatever does not have the instruction set in its type is one symbol for all of them.
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <strata/strata.hpp>

using namespace strata;

using images = Sequential<Input<16, 16, 3>, Conv2D<16, 3, ReLU>, MaxPooling2D<2>, BatchNormalization<>,
                          DepthwiseConv2D<3, padding::same>, Conv2D<24, 3, ReLU, padding::same>,
                          GlobalAveragePooling2D<>, Dense<10, Softmax>>;
using sequences = Sequential<Input<20, 3>, GRU<9, return_sequences>, LSTM<17>, Dense<5>>;
using trained = Sequential<Input<2>, Dense<19, Tanh>, Dense<1, Sigmoid>>;

namespace {

std::vector<float> values(std::size_t count, float factor) {
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = factor * (static_cast<float>(i * 37 % 101) / 101.0f - 0.5f);
    return result;
}

void append(std::vector<float>& results, std::span<const float> more) {
    results.insert(results.end(), more.begin(), more.end());
}

}  // namespace

// Not in the unnamed namespace, where the three would be three functions anyway.
template <class Net>
void infer(std::vector<float>& results) {
    const Model<Net> model(build_options{.seed = 7});
    append(results, model.predict(values(3 * model.input_shape().size(), 2.0f)));
    auto workspace = model.workspace({.threads = 2});
    std::vector<float> out(model.output_shape().size());
    model.infer(std::span<const float>(values(model.input_shape().size(), 1.0f)), std::span(out), workspace);
    append(results, out);
}

std::vector<float> PART() {
    std::vector<float> results;
    infer<images>(results);
    infer<sequences>(results);

    const Model<sequences> recurrent(build_options{.seed = 7});
    auto stream = recurrent.stream();
    const std::vector<float> signal = values(20 * 3, 1.5f);
    for (std::size_t step = 0; step < 20; ++step) {
        std::array<float, 5> out{};
        stream.step(std::span(signal).subspan(3 * step, 3), out);
        append(results, out);
    }

    Dataset<float, shape{2}, int> points;
    for (int i = 0; i < 64; ++i)
        points.push_back(std::array{static_cast<float>(i % 8) / 7.0f, static_cast<float>(i / 8) / 7.0f},
                         static_cast<int>((i % 8 < 4) != (i / 8 < 4)));
    Dataset<float, shape{2}, float> targets;
    for (std::size_t i = 0; i < points.size(); ++i)
        targets.push_back(points.inputs().subspan(2 * i, 2), static_cast<float>(points.labels()[i]));
    Model<trained> model(build_options{.seed = 7});
    auto trainer = compile(model, Adam{.learning_rate = 0.01}, BinaryCrossentropy{});
    const History history = trainer.fit(targets, {.batch_size = 16, .epochs = 5, .threads = 2, .verbose = 0});
    for (const double loss : history["loss"]) results.push_back(static_cast<float>(loss));
    append(results, model.predict(points.inputs()));
    return results;
}
