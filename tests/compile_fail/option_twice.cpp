// Options: two options of one kind.
// at: dense (Dense), layer 1 of 1
// expects: one option of each kind
// got: an activation twice
// fix: keep one: an activation
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2, ReLU, Tanh>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2, Tanh>{}}.build();
#endif
