// An activation in small letters.
// means: no such name: the names of activations are those of Keras' classes.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<32, relu>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<32, ReLU>{}}.build();
#endif
