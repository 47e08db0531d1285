// Layers: a pooling of a sequence with pads as long as its window.
// at: max_pooling1d (MaxPooling1D), layer 1 of 1
// expects: pads of at least 0 that are smaller than the window
// got: 2 and 2 of a window 2, strides 2, dilation 1
// fix: write smaller pads
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 3>{}, MaxPooling1D<2, pads<2>>{}}.build();
#else
auto model = Sequential{Input<8, 3>{}, MaxPooling1D<2, pads<1>>{}}.build();
#endif
