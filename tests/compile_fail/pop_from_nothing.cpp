// List of layers: pop() of a list without layers.
// at: pop()
// expects: a layer to take away
// got: no layer
// fix: add a layer before pop()
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto net = Sequential{Input<4>{}}.pop();
#else
auto net = Sequential{Input<4>{}, Dense<8>{}}.pop();
#endif
