// The first program of the README: a net, what is known of it at compile time, a model, an inference.
// clang-format off: a layer per line
// [quick_start]
#include <cstdio>

#include <strata/strata.hpp>

using namespace strata;

constexpr auto net = Sequential{
    Input<28, 28, 1>{}, Conv2D<16, 3, ReLU>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<10, Softmax>{},
};
static_assert(net.parameter_count() == 27'210);
static_assert(net.arena_bytes() <= 16'384);  // all the memory of an inference beside the weights

int main() {
    const auto model = net.build({.seed = 1});  // weights drawn from Keras' distributions
    const Tensor<float, 2, 10> y = model(ones<2, 28, 28, 1>());
    std::printf("%s", model.summary().str().c_str());
    std::printf("class 3: %.4f and %.4f\n", static_cast<double>(y(0, 3)), static_cast<double>(y(1, 3)));
    return y(0, 3) == y(1, 3) ? 0 : 1;  // equal images, equal answers
}
// [/quick_start]
