// Residual: a mistake on its shortcut.
// at: residual/conv2d_1 (Conv2D), layer 2 of 2
// expects: (>= 9, >= 9, channels)
// got: (8, 8, 4)
// fix: use padding::same, a smaller window, or less pooling before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 4>{}, Residual<Conv2D<6, 3>, shortcut<Conv2D<6, 9>>>{}}.build();
#else
auto model = Sequential{Input<8, 8, 4>{}, Residual<Conv2D<6, 3>, shortcut<Conv2D<6, 3>>>{}}.build();
#endif
