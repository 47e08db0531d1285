// List of layers: an item that is no layer.
// at: item 2 of 3
// expects: layers, Input<...>, name<"...">
// got: something else
// fix: give it the layer contract, or leave it out
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, 16, Dense<2>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<16>{}, Dense<2>{}}.build();
#endif
