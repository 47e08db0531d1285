// Layers: Cropping2D of everything.
// at: cropping2d (Cropping2D), layer 1 of 1
// expects: a cropping that leaves something
// got: border{2, 2, 2, 2} of (5, 4, 3)
// fix: crop less
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4, 3>{}, Cropping2D<2>{}}.build();
#else
auto model = Sequential{Input<5, 4, 3>{}, Cropping2D<border{2, 2, 1, 1}>{}}.build();
#endif
