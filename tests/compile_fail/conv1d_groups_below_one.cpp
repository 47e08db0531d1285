// Layers: Conv1D with groups below 1.
// at: conv1d (Conv1D), layer 1 of 1
// expects: groups that divide channels and filters
// got: groups<0>, 4 channels, 6 filters
// fix: take a divisor of both
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 4>{}, Conv1D<6, 3, groups<0>>{}}.build();
#else
auto model = Sequential{Input<9, 4>{}, Conv1D<6, 3, groups<2>>{}}.build();
#endif
