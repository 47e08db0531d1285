// A layer without braces in the list of layers.
// means: in `Sequential{...}` stand values: each layer ends with `{}`. In the type `Sequential<...>` none does.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>}.build();
#else
auto model = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>{}}.build();
#endif
