// Layers: a pooling of size 0.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: window, strides, dilation >= 1
// got: window 0x0, strides 0x0, dilation 1x1
// fix: write sizes of at least 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<6, 6, 3>{}, MaxPooling2D<0>{}}.build();
#else
auto model = Sequential{Input<6, 6, 3>{}, MaxPooling2D<2>{}}.build();
#endif
