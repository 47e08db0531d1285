// Layers: a pooling with pads and padding.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: pads<...> or padding::same
// got: both
// fix: leave one of them out
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, pads<1>, padding::same>{}}.build();
#else
auto model = Sequential{Input<8, 8, 3>{}, MaxPooling2D<2, pads<1>>{}}.build();
#endif
