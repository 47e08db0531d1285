// The gradients of every layer and activation against central differences in double, through a non-linear loss.
#include <strata/strata.hpp>

#include "../catch.hpp"
#include "gradient_check.hpp"

namespace {

using namespace strata;

/// An activation as an option of Dense and Conv2D, as a layer after them, and after a layer that cannot fuse it.
template <class Activation>
void check_activation() {
    check(Sequential<Input<5>, Dense<7, Activation>, Dense<3, Activation>>{});
    check(Sequential<Input<5>, Dense<7>, Activation, Dense<3, Sigmoid>, Activation>{});
    check(Sequential<Input<5, 4, 2>, Conv2D<3, 2, Activation>, Conv2D<5, 2, padding::same, Activation>, Flatten<>,
                     Dense<2>>{});
}

}  // namespace

TEST_CASE("gradients of dense layers equal central differences") {
    check(Sequential{Input<5>{}, Dense<7, Tanh>{}, Dense<17, Tanh>{}, Dense<3>{}});
    check(Sequential{Input<33>{}, Dense<70, Tanh, no_bias>{}, Dense<19, no_bias>{}}, 5);
    check(Sequential{Input<4, 3>{}, Dense<6, Tanh>{}, Dense<2>{}});
    check<in_tiles>(Sequential{Input<3>{}, Dense<4, Tanh>{}, Dense<2>{}}, 131);  // more than a tile
}

TEST_CASE("gradients of convolutions equal central differences") {
    check(Sequential{Input<7, 6, 2>{}, Conv2D<3, 3, Tanh>{}, Conv2D<5, window{2, 3}, Tanh>{}});
    check(Sequential{Input<7, 6, 2>{}, Conv2D<3, 3, padding::same, Tanh>{}, Conv2D<18, 2, padding::same>{}});
    check(
        Sequential{Input<9, 8, 2>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, strides<2>, Tanh>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<9, 8, 2>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, strides<2, 3>, padding::same>{}, Flatten<>{},
                     Dense<2>{}});
    check(Sequential{Input<9, 9, 1>{}, Conv2D<3, 2, Tanh>{}, Conv2D<4, 3, dilation<2>, Tanh>{},
                     Conv2D<2, 2, dilation<2>, padding::same>{}});
    check(Sequential{Input<5, 5, 3>{}, Conv2D<33, 1, no_bias, Tanh>{}, Conv2D<4, 1, strides<2>>{}}, 6);
}

TEST_CASE("gradients through poolings equal central differences") {
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2, Tanh>{}, MaxPooling2D<2>{}, Flatten<>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2, Tanh>{}, MaxPooling2D<3, strides<2>, padding::same>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<5, 2>{}, ReLU{}, MaxPooling2D<window{2, 3}, strides<1>>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<17, 2, Tanh>{}, AveragePooling2D<2>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<3, 2, Tanh>{}, AveragePooling2D<3, strides<2>, padding::same>{},
                     Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<17, 2, Tanh>{}, GlobalMaxPooling2D<>{}, Dense<3>{}});
    check(Sequential{Input<8, 7, 2>{}, Conv2D<3, 2, Tanh>{}, GlobalAveragePooling2D<>{}, Dense<3>{}});
}

TEST_CASE("gradients through activations equal central differences") {
    check_activation<ReLU>();
    check_activation<ReLU6>();
    check_activation<LeakyReLU<0.3>>();
    check_activation<LeakyReLU<-0.5>>();
    check_activation<ELU>();
    check_activation<SELU>();
    check_activation<GELU>();
    check_activation<GELUTanh>();
    check_activation<SiLU>();
    check_activation<HardSiLU>();
}

TEST_CASE("gradients through further activations equal central differences") {
    check_activation<Mish>();
    check_activation<Sigmoid>();
    check_activation<HardSigmoid>();
    check_activation<Tanh>();
    check_activation<Softmax>();
    check_activation<LogSoftmax>();
    check_activation<Softplus>();
    check_activation<Softsign>();
    check_activation<Exponential>();
    check_activation<Linear>();
}

TEST_CASE("gradients through views, nested and frozen layers equal central differences") {
    check(
        Sequential{Input<6>{}, Dense<12, Tanh>{}, Reshape<shape{2, 3, 2}>{}, Conv2D<3, 2>{}, Flatten<>{}, Dense<2>{}});
    check(Sequential{Input<5>{}, Sequential{Dense<4, Tanh>{}, Dense<5, frozen, Tanh>{}}, Dense<2>{}});
    check(Sequential{Input<5>{}, Dense<4, Tanh, frozen>{}, Dense<5, Tanh>{}, Activation<Tanh>{}, Dense<2, frozen>{}});
    check(Sequential{Input<5>{}, Dense<4, Tanh>{}, Dropout<0.0>{}, Dense<3, Tanh>{}, Dense<2, Tanh, frozen>{},
                     Dense<2>{}});
}
