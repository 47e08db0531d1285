// The gradients of WaveNet against central differences.
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

using namespace strata;

TEST_CASE("gradients of a WaveNet equal central differences") {
    check(Sequential<Input<9, 1>, WaveNet<wavenet_array<3, 1, dilations<1, 2>>>>{});
    check(Sequential<Input<9, 1>, WaveNet<wavenet_array<3, 2, dilations<1, 2, 4>, head_bias>>>{});
    check(Sequential<Input<11, 1>,
                     WaveNet<wavenet_array<4, 3, dilations<1, 2>>, wavenet_array<3, 1, dilations<1, 5>, head_bias>>>{});
    check(Sequential<Input<11, 2>, Dense<3, Tanh>,
                     WaveNet<wavenet_array<9, 4, dilations<1, 3>>, wavenet_array<4, 2, dilations<2>, head_bias>>,
                     Dense<1>>{});
    check(Sequential<Input<20, 1>, Dense<2, Tanh>,
                     WaveNet<wavenet_array<5, 1, dilations<1, 2, 7>, kernel_sizes<2, 4, 3>, LeakyReLU<0.01>, head_bias,
                                           head_kernel<4>>>>{});
    check(Sequential<Input<8, 1>, WaveNet<wavenet_array<3, 2, dilations<1, 2>, gated>,
                                          wavenet_array<2, 1, dilations<1>, gated, SiLU, head_kernel<2>>>>{});
    check(Sequential<Input<9, 1>, Dense<3, Tanh>, WaveNet<wavenet_array<3, 1, dilations<1, 2>>, frozen>>{});
}

// The gradient of an approximate activation is computed as that of the exact one.
TEST_CASE("gradients of nets with approximate activations are near central differences") {
    check(approximate<Sequential<Input<9, 2>, Dense<3, Tanh>, WaveNet<wavenet_array<3, 1, dilations<1, 2>, gated>>>>{},
          3, MeanSquaredError{}, 3e-3);
    check(approximate<Sequential<Input<4, 2>, LSTM<5, return_sequences>, GRU<3>, Dense<2, Sigmoid>>>{}, 3,
          MeanSquaredError{}, 3e-3);
}
