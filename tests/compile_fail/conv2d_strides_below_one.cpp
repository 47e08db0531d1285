// Layers: strides of 0.
// at: conv2d (Conv2D), layer 1 of 1
// expects: window, strides, dilation >= 1
// got: window 3x3, strides 0x0, dilation 1x1
// fix: write sizes of at least 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, strides<0>>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, strides<1>>{}}.build();
#endif
