// Layers: a window that is larger than its input.
// at: conv2d_2 (Conv2D), layer 4 of 4
// expects: (>= 3, >= 3, channels)
// got: (1, 1, 32)
// fix: use padding::same, a smaller window, or less pooling before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model =
    Sequential{Input<250, 250, 3>{}, Conv2D<32, 5, strides<2>>{}, MaxPooling2D<40>{}, Conv2D<32, 3>{}, Conv2D<32, 3>{}}
        .build();
#else
auto model =
    Sequential{Input<250, 250, 3>{}, Conv2D<32, 5, strides<2>>{}, MaxPooling2D<20>{}, Conv2D<32, 3>{}, Conv2D<32, 3>{}}
        .build();
#endif
