// Layers: a pooling with two numbers of pads.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: pads<all> or pads<top, bottom, left, right>
// got: 2 numbers
// fix: write pads<1>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, pads<1, 0>>{}}.build();
#else
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, pads<1>>{}}.build();
#endif
