// Layers: TimeDistributed on features.
// at: time_distributed (TimeDistributed), layer 1 of 1
// expects: (steps, ...) of at least two axes
// got: (12)
// fix: put Reshape<shape{steps, features}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<12>{}, TimeDistributed<Dense<4>>{}}.build();
#else
auto model = Sequential{Input<12>{}, Reshape<shape{4, 3}>{}, TimeDistributed<Dense<4>>{}}.build();
#endif
