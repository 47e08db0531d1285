// The parts of inference that a microcontroller without a heap may use: weights that are assigned and read, streams,
// models in RAM, the error handler. On a desktop machine the same program prints the numbers that the test expects.
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include <strata/infer.hpp>

#include "board.hpp"

using namespace strata;

namespace {

constexpr auto classifier = Sequential{Input<6>{}, Dense<9, Tanh>{}, Dense<4, Softmax>{}};
constexpr auto voice = Sequential{Input<32, 3>{}, Conv1D<6, 3, padding::causal, ReLU>{}, LSTM<8, return_sequences>{},
                                  GRU<5, return_sequences>{}, Dense<2, Sigmoid>{}};
constexpr auto camera = Sequential{Input<8, 8, 1>{},  Conv2D<6, 3, ReLU>{}, BatchNormalization<>{},
                                   MaxPooling2D<2>{}, Flatten<>{},          Dense<3, Softmax>{}};

template <std::size_t Count>
constexpr std::array<float, Count> values(std::size_t step) {
    std::array<float, Count> result{};
    for (std::size_t i = 0; i < Count; ++i) result[i] = static_cast<float>((i * step + 11) % 61) / 61.0f - 0.5f;
    return result;
}

// In flash.
constexpr auto heard = voice.bind(values<voice.parameter_count()>(37));
constexpr auto bound = classifier.bind(values<classifier.parameter_count()>(23));
// In RAM: its weights are written(). A local static one, so that nothing runs before main.
auto& written() {
    static Model<std::remove_const_t<decltype(classifier)>> model;
    return model;
}

template <class Values>
void print(const char* name, const Values& printed) {
    board::write(name);
    for (const float value : printed) {
        board::write(" ");
        board::write_bits(value);
    }
    board::write("\n");
}

/// Weights are assigned and written one by one; views read them by position and by Keras' indices.
void weights_in_ram() {
    constexpr std::array<float, 6> x{0.5f, -0.25f, 1.0f, 0.125f, -1.0f, 0.75f};
    std::array<float, 4> y{}, expected{};
    auto workspace = bound.workspace();
    bound.infer(x, expected, workspace);
    print("bound", expected);

    std::size_t first = 0;
    static constexpr auto all = values<classifier.parameter_count()>(23);
    for (const auto weight : written().weights()) {
        weight.assign(std::span(all).subspan(first, weight.size()));
        first += weight.size();
    }
    written().infer(x, y, workspace);
    print(y == expected ? "assigned, the same" : "assigned, ANOTHER", y);

    const auto kernel = written().get_layer<"dense">().kernel();
    kernel.write(5, 2.0f);
    written().infer(x, y, workspace);
    print("written", y);
    print("views", std::array{kernel[5], kernel(0, 5), kernel(5, 8), bound.weights()[3][2]});
}

/// A step of the stream at a time, as samples of a sensor come.
void streams() {
    static auto stream = heard.stream();
    std::array<float, 2> y{};
    for (int step = 0; step < 40; ++step) {
        const auto t = static_cast<float>(step % 16) / 16.0f;
        stream.step(std::array<float, 3>{t, 1.0f - t, t * t}, y);
        if (step % 13 == 0) print("stream", y);
    }
    stream.reset();
    stream.step(std::array<float, 3>{0.0f, 1.0f, 0.0f}, y);
    print("stream, reset", y);

    // Blocks give what steps give.
    std::array<float, 5 * 3> in{};
    std::array<float, 5 * 2> blocks{}, steps{};
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i % 4) * 0.25f;
    stream.reset();
    stream.process(in, blocks, 5);
    stream.reset();
    for (std::size_t t = 0; t < 5; ++t)
        stream.step(std::span(in).subspan(3 * t, 3), std::span(steps).subspan(2 * t, 2));
    print(blocks == steps ? "block, the same" : "block, ANOTHER", blocks);
    print("state", stream.state<"lstm">()[0].values);
}

/// A model draws its weights where it runs.
void drawn_weights() {
    static const auto drawn = camera.build({.seed = 5});
    static Tensor<float, 8, 8, 1> image;
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i % 5) * 0.25f;
    std::array<float, 3> y{};
    static Workspace<std::remove_const_t<decltype(camera)>> workspace;
    drawn.infer(std::span<const float, 64>(image.data(), image.size()), y, workspace);
    print("drawn", y);
}

void end_after_error(const char* message) {
    board::write("handled: ");
    board::write(message);
    board::write("\n");
    const std::string_view expected =
        "strata: weight dense/bias of shape (9) takes 9 values, got 4; fix: give as many as the weight has";
    board::leave(message == expected ? 0 : 1);
}

}  // namespace

int main() {
    weights_in_ram();
    streams();
    drawn_weights();
    set_error_handler(end_after_error);
    written().get_layer<"dense">().bias().assign(std::array<float, 4>{});
    return 1;
}
