// Layers: a pooling with a dilation and padding::same, whose windows might hold no value.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: padding::valid with a dilation
// got: padding::same
// fix: put a padding layer before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 8, 3>{}, MaxPooling2D<2, dilation<2>, padding::same>{}}.build();
#else
auto model = Sequential{Input<9, 8, 3>{}, ReplicationPadding2D<1>{}, MaxPooling2D<2, dilation<2>>{}}.build();
#endif
