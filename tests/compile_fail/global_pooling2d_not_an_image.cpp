// Layers: global pooling on features.
// at: global_average_pooling2d (GlobalAveragePooling2D), layer 2 of 2
// expects: (height, width, channels)
// got: (784)
// fix: put it after a layer that gives an image
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Flatten<>{}, GlobalAveragePooling2D<>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3>{}, GlobalAveragePooling2D<>{}}.build();
#endif
