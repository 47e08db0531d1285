// Add: branches whose shapes do not broadcast.
// at: add (Add), layer 1 of 1
// expects: paths whose shapes are equal or broadcast
// got: (6), (4)
// fix: give the paths one shape, or 1 where it is repeated
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Add<branch<Dense<6>>, branch<>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Add<branch<Dense<4>>, branch<>>{}}.build();
#endif
