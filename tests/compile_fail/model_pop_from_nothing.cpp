// List of layers: pop() of a model without layers.
// at: pop()
// expects: a layer to take away
// got: no layer
// fix: add a layer before pop()
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}}.build().pop();
#else
auto model = Sequential{Input<4>{}, Dense<8>{}}.build().pop();
#endif
