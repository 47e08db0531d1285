// "Feature extraction with a Sequential model": what every layer gives, or one in the middle.
#include <cstdio>
#include <tuple>

#include <strata/strata.hpp>

#include "../check.hpp"
#include "difference.hpp"

using namespace strata;

// [features]
constexpr auto net = Sequential{
    Input<64, 64, 3>{},
    Conv2D<32, 5, strides<2>, ReLU>{},
    Conv2D<32, 3, ReLU, name<"my_intermediate_layer">>{},
    Conv2D<32, 3, ReLU>{},
};
// [/features]

int main() {
    const auto model = net.build({.seed = 5});
    const auto x = ones<1, 64, 64, 3>();

    // [extracting]
    const auto every_layer = model.features();
    const auto [first, second, third] = every_layer(x);

    const auto middle = model.features<"my_intermediate_layer">();  // computes no layer after it
    const Tensor<float, 1, 28, 28, 32> intermediate = middle(x);
    // [/extracting]

    std::printf("%s\n%s\n%s\n", to_text(first.shape()).str().c_str(), to_text(second.shape()).str().c_str(),
                to_text(third.shape()).str().c_str());
    example::check(first.shape() == shape{1, 30, 30, 32}, "the features of a layer have the shape of its output");
    example::check(example::difference(third, model(x)) <= 1e-5, "the features of the last layer are the answer");
    example::check(example::difference(second, intermediate) <= 1e-5,
                   "one layer's features are the same when asked alone");
    example::check(middle.size() == 2 && middle.flops() < model.flops(), "and cost only what stands before it");
    example::check(example::difference(intermediate, zeros<1, 28, 28, 32>()) > 0.01, "and are not just zero");
    return example::exit_code();
}
