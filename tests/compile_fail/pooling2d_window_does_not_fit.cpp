// Layers: a pooling that is larger than its input.
// at: average_pooling2d (AveragePooling2D), layer 1 of 1
// expects: (>= 8, >= 8, channels)
// got: (6, 6, 3)
// fix: use padding::same, a smaller window, or less pooling before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<6, 6, 3>{}, AveragePooling2D<8>{}}.build();
#else
auto model = Sequential{Input<6, 6, 3>{}, AveragePooling2D<2>{}}.build();
#endif
