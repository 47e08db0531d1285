// Layers: Dense on a single number.
// at: dense (Dense), layer 2 of 2
// expects: (features)
// got: ()
// fix: give it at least one axis
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1>{}, Reshape<shape{}>{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<1>{}, Reshape<shape{1}>{}, Dense<2>{}}.build();
#endif
