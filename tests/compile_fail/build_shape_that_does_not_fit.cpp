// Layers: build<shape>() of samples that a layer does not take.
// at: conv2d (Conv2D), layer 1 of 1
// expects: (height, width, channels)
// got: (784)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Conv2D<8, 3>{}}.build<shape{784}>();
#else
auto model = Sequential{Conv2D<8, 3>{}}.build<shape{28, 28, 1}>();
#endif
