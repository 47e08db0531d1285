// Layers: TimeDistributed around a Sequential.
// at: time_distributed (TimeDistributed), layer 1 of 1
// expects: one layer inside
// got: Sequential
// fix: wrap each of its layers
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, TimeDistributed<Sequential<Dense<4>, Dense<2>>>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, TimeDistributed<Dense<4>>{}, TimeDistributed<Dense<2>>{}}.build();
#endif
