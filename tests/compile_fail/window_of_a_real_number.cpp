// Layers: a window of a real number.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: a window of an integer, or of two
// got: three, a string or a real number
// fix: write window{height, width}, or one integer for both
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, MaxPooling2D<2.0>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, MaxPooling2D<2>{}}.build();
#endif
