// Layers: a pooling over sequences with the pads of an image.
// at: max_pooling1d (MaxPooling1D), layer 1 of 1
// expects: pads<before, after>
// got: one for two axes
// fix: write two numbers, or one for both ends
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 3>{}, MaxPooling1D<3, pads<0, 0, 1, 2>>{}}.build();
#else
auto model = Sequential{Input<8, 3>{}, MaxPooling1D<3, pads<1, 2>>{}}.build();
#endif
