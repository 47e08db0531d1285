// "When to use a Sequential model": a plain stack of layers, each with one input and one output.
#include <cstddef>
#include <cstdio>

#include <strata/strata.hpp>

#include "../check.hpp"
#include "difference.hpp"

using namespace strata;

// [stack]
constexpr auto net = Sequential{
    Dense<2, ReLU, name<"layer1">>{},
    Dense<3, ReLU, name<"layer2">>{},
    Dense<4, name<"layer3">>{},
};
// [/stack]

int main() {
    // [call]
    const auto x = ones<3, 3>();  // a batch of three samples, three features each
    const auto model = net.build_for(x);
    const Tensor<float, 3, 4> y = model(x);
    // [/call]
    for (std::size_t i = 0; i < 4; ++i) std::printf("y(0, %zu) = % .4f\n", i, static_cast<double>(y(0, i)));

    // The same as calling the three layers one after the other.
    const auto layer1 = model.get_layer<"layer1">();
    const auto layer2 = model.get_layer<"layer2">();
    const auto layer3 = model.get_layer<"layer3">();
    example::check(example::difference(y, layer3(layer2(layer1(x)))) <= 1e-6, "a model is its layers called in turn");
    example::check(example::difference(y, zeros<3, 4>()) > 0.01, "and its answer is not just zero");
    return example::exit_code();
}
