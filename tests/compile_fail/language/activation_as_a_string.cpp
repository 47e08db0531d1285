// An activation, or another option, as a string.
// means: options are types, and "relu" is a value. Activations are spelled as Keras' classes: ReLU, Sigmoid, Softmax.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<32, "relu">{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<32, ReLU>{}}.build();
#endif
