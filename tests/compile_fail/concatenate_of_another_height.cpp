// Concatenate: branches whose maps differ in height.
// at: concatenate (Concatenate), layer 1 of 2
// expects: paths whose shapes differ in the last axis alone
// got: (6, 6, 4), (8, 8, 3)
// fix: give the paths one height and width, or one number of steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 8, 3>{}, Concatenate<branch<Conv2D<4, 3>>, branch<>>{}, Flatten<>{}}.build();
#else
auto model =
    Sequential{Input<8, 8, 3>{}, Concatenate<branch<Conv2D<4, 3, padding::same>>, branch<>>{}, Flatten<>{}}.build();
#endif
