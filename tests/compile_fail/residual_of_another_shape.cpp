// Residual: layers that change the shape, and a shortcut that does not.
// at: residual (Residual), layer 1 of 2
// expects: (8, 8, 6) from its shortcut too
// got: (8, 8, 4)
// fix: keep the shape, or write shortcut<Conv2D<filters, 1>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 4>{}, Residual<Conv2D<6, 3, padding::same>>{}, Flatten<>{}}.build();
#else
auto model =
    Sequential{Input<8, 8, 4>{}, Residual<Conv2D<6, 3, padding::same>, shortcut<Conv2D<6, 1>>>{}, Flatten<>{}}.build();
#endif
