// Layers: MaxPooling2D on features.
// at: max_pooling2d (MaxPooling2D), layer 2 of 2
// expects: (height, width, channels)
// got: (784)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Flatten<>{}, MaxPooling2D<2>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, MaxPooling2D<2>{}, Flatten<>{}}.build();
#endif
