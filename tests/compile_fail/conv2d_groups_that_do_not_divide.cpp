// Layers: Conv2D with groups that do not divide its filters.
// at: conv2d (Conv2D), layer 1 of 1
// expects: groups that divide channels and filters
// got: groups<2>, 4 channels, 5 filters
// fix: take a divisor of both
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 4>{}, Conv2D<5, 3, groups<2>>{}}.build();
#else
auto model = Sequential{Input<9, 9, 4>{}, Conv2D<6, 3, groups<2>>{}}.build();
#endif
