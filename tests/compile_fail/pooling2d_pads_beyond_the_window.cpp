// Layers: a pooling whose pads hold a whole window.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: pads of at least 0 that are smaller than the window
// got: border{2, 2, 2, 2} of a window 2x2, strides 1x1, dilation 1x1
// fix: write smaller pads
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, strides<1>, pads<2>>{}}.build();
#else
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, strides<1>, pads<1>>{}}.build();
#endif
