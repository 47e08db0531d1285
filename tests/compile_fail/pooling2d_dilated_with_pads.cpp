// Layers: a dilated pooling with pads.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: pads<...> or a dilation
// got: both
// fix: put a padding layer before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<3, dilation<2>, pads<1>>{}}.build();
#else
auto model = Sequential{Input<8, 8, 3>{}, ZeroPadding2D<1>{}, MaxPooling2D<3, dilation<2>>{}}.build();
#endif
