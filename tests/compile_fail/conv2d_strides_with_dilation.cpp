// Layers: strides together with dilation.
// at: conv2d (Conv2D), layer 1 of 1
// expects: strides or dilation, not both
// got: window 3x3, strides 2x2, dilation 2x2
// fix: leave one of them at 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, strides<2>, dilation<2>>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, dilation<2>>{}}.build();
#endif
