// Layers: GroupNormalization whose groups do not share out the channels.
// at: group_normalization (GroupNormalization), layer 1 of 1
// expects: groups that share out 6 channels
// got: 4 groups
// fix: give a divisor of the channels, or -1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 6>{}, GroupNormalization<4>{}}.build();
#else
auto model = Sequential{Input<5, 6>{}, GroupNormalization<3>{}}.build();
#endif
