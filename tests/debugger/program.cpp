// Values for the debugger to print; check.py stops at the end of main.
#include <array>

#include <strata/strata.hpp>

using namespace strata;

using Net = Sequential<Input<28, 28, 1>, Conv2D<16, 3, padding::same, ReLU, name<"first">>, MaxPooling2D<2>, Flatten<>,
                       Dense<10, Softmax>>;
using Open = Sequential<Input<any, 3>, LSTM<4, return_sequences>>;

int main() {
    Tensor<float, 2, 3> small{};
    small(1, 2) = 1.5f;
    Tensor<int, 40, 60> large{};
    large(0, 1) = 7;
    const shape extents{28, 28, 1};
    const strata::text<40> words("hello");
    [[maybe_unused]] const Net net;
    [[maybe_unused]] const Open open;
    const auto model = net.build<double>();
    Dataset<float, shape{2}, int> classes;
    classes.push_back(std::array{1.0f, 2.0f}, 3);
    Dataset<float, shape{1}, float, shape{2}> targets;
    for (int i = 0; i < 3; ++i) targets.push_back(std::array{1.0f}, std::array{2.0f, 3.0f});
    return static_cast<int>(small(0, 0)) + static_cast<int>(extents.rank() - words.size()) + large(1, 1) + 2;  // stop
}
