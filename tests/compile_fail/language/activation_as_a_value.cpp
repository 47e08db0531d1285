// An activation in braces among the options.
// means: `ReLU{}` is a layer, a value for the list of layers; among the options of a layer stands the type, `ReLU`.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<32, ReLU{}>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<32, ReLU>{}}.build();
#endif
