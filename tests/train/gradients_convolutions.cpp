// The gradients of depthwise, separable and transposed convolutions and of layers over sequences against central
// differences in double.
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

using namespace strata;

TEST_CASE("gradients of depthwise convolutions equal central differences") {
    check(Sequential{Input<7, 6, 3>{}, DepthwiseConv2D<3, Tanh>{}, DepthwiseConv2D<window{2, 3}, GELU>{}});
    check(Sequential{Input<7, 6, 2>{}, Conv2D<18, 2, Tanh>{}, DepthwiseConv2D<3, padding::same, Tanh>{}, Flatten<>{},
                     Dense<2>{}});
    check(Sequential{Input<9, 8, 2>{}, DepthwiseConv2D<3, strides<2>, padding::same, Tanh, no_bias>{},
                     DepthwiseConv2D<2, strides<2, 1>, Tanh>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<7, 8, 2>{}, DepthwiseConv2D<2, depth_multiplier<3>, Tanh>{},
                     DepthwiseConv2D<3, depth_multiplier<2>, dilation<2>, padding::same, SiLU>{}, Flatten<>{},
                     Dense<2>{}},
          4);
    check(Sequential{Input<6, 6, 2>{}, Conv2D<3, 2, Tanh>{}, DepthwiseConv2D<2, frozen, Tanh>{}, DepthwiseConv2D<2>{},
                     ReLU{}, Flatten<>{}, Dense<2>{}});
}

TEST_CASE("gradients of separable convolutions equal central differences") {
    check(Sequential{Input<7, 6, 3>{}, SeparableConv2D<4, 3, Tanh>{}, SeparableConv2D<5, window{2, 3}, GELU>{}});
    check(Sequential{Input<7, 6, 2>{}, Conv2D<10, 2, Tanh>{}, SeparableConv2D<35, 3, padding::same, Tanh>{},
                     Flatten<>{}, Dense<2>{}},
          2);
    check(Sequential{Input<9, 8, 2>{}, SeparableConv2D<3, 3, strides<2>, padding::same, Tanh, no_bias>{},
                     SeparableConv2D<4, 2, depth_multiplier<2>, Tanh>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<6, 6, 2>{}, SeparableConv2D<3, 2, depth_multiplier<3>, SiLU>{},
                     SeparableConv2D<3, 2, frozen, Tanh>{}, SeparableConv2D<18, 2>{}, ReLU{}, Flatten<>{}, Dense<2>{}},
          5);
}

TEST_CASE("gradients of layers over sequences equal central differences") {
    check(Sequential{Input<13, 2>{}, Conv1D<4, 3, Tanh>{}, Conv1D<18, 2, padding::same, Tanh>{},
                     Conv1D<3, 3, padding::causal, dilation<2>>{}});
    check(Sequential{Input<13, 2>{}, Conv1D<4, 3, strides<2>, padding::causal, Tanh>{},
                     Conv1D<3, 2, strides<2>, no_bias>{}, Dense<2>{}});
    check(Sequential{Input<12, 3>{}, DepthwiseConv1D<3, padding::same, Tanh>{},
                     SeparableConv1D<5, 2, depth_multiplier<2>, Tanh>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<13, 2>{}, Conv1D<4, 2, Tanh>{}, MaxPooling1D<3, strides<2>, padding::same>{}, Dense<2>{}});
    check(Sequential{Input<13, 2>{}, Conv1D<17, 2>{}, ReLU{}, MaxPooling1D<2>{}, AveragePooling1D<2, strides<1>>{},
                     Dense<2>{}});
    check(Sequential{Input<9, 2>{}, Conv1D<4, 2, Tanh>{}, GlobalMaxPooling1D<>{}, Dense<2>{}});
    check(Sequential{Input<9, 2>{}, Conv1D<17, 2, Tanh>{}, GlobalAveragePooling1D<>{}, Dense<2>{}});
}

TEST_CASE("gradients of transposed convolutions equal central differences") {
    check(Sequential{Input<4, 5, 2>{}, Conv2DTranspose<3, 3, Tanh>{}, Conv2DTranspose<18, 2, padding::same>{}});
    check(Sequential{Input<3, 4, 2>{}, Conv2DTranspose<3, 3, strides<2>, padding::same, GELU>{},
                     Conv2DTranspose<4, window{2, 4}, strides<3, 2>, Tanh, no_bias>{}, GlobalAveragePooling2D<>{}},
          4);
    check(Sequential{Input<4, 3, 2>{}, Conv2D<19, 2, Tanh>{}, Conv2DTranspose<3, 3, dilation<2>, padding::same>{},
                     ReLU{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<5, 2>{}, Conv1DTranspose<3, 3, strides<2>, padding::same, Tanh>{},
                     Conv1DTranspose<2, 4, strides<3>>{}});
}

TEST_CASE("gradients of convolutions with groups equal central differences") {
    check(Sequential{Input<7, 6, 4>{}, Conv2D<6, 3, groups<2>, Tanh>{}, Conv2D<36, 2, groups<2>, padding::same>{}});
    check(Sequential{Input<6, 7, 3>{}, Conv2D<6, 3, groups<3>, padding::same, GELU, no_bias>{},
                     Conv2D<4, 2, groups<2>, strides<2>, Tanh>{}, Flatten<>{}, Dense<2>{}},
          2);
    check(Sequential{Input<11, 4>{}, Conv1D<6, 3, groups<2>, padding::causal, Tanh>{}, Conv1D<4, 2, groups<2>>{},
                     ReLU{}, Dense<2>{}});
}
