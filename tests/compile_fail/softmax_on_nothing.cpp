// Layers: Softmax on a single number.
// at: softmax (Softmax), layer 2 of 2
// expects: at least one axis
// got: ()
// fix: give it rows, such as Dense<10>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1>{}, Reshape<shape{}>{}, Softmax{}}.build();
#else
auto model = Sequential{Input<1>{}, Dense<10>{}, Softmax{}}.build();
#endif
