// Nested models: a mistake inside an inner model.
// at: base/conv2d (Conv2D), layer 2 of 2
// expects: (height, width, channels)
// got: (784)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model =
    Sequential{Input<28, 28, 1>{}, Sequential{name<"base">{}, Flatten<>{}, Conv2D<8, 3>{}}, Dense<10>{}}.build();
#else
auto model =
    Sequential{Input<28, 28, 1>{}, Sequential{name<"base">{}, Conv2D<8, 3>{}, Flatten<>{}}, Dense<10>{}}.build();
#endif
