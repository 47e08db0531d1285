// Layers: Conv2D on features.
// at: conv2d (Conv2D), layer 1 of 1
// expects: (height, width, channels)
// got: (784)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<784>{}, Conv2D<8, 3>{}}.build();
#else
auto model = Sequential{Input<784>{}, Reshape<shape{28, 28, 1}>{}, Conv2D<8, 3>{}}.build();
#endif
