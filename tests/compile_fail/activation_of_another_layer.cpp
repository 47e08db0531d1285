// Activations: Activation<...> of a layer that is none.
// at: activation (Activation), layer 1 of 1
// expects: an activation, such as ReLU
// got: Dense
// fix: write it as a layer of its own
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Activation<Dense<2>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2>{}, Activation<Softmax>{}}.build();
#endif
