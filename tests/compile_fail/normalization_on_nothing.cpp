// Layers: Normalization of a single number.
// at: normalization (Normalization), layer 2 of 2
// expects: an input with a last axis
// got: ()
// fix: give it at least one axis
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1>{}, Reshape<shape{}>{}, Normalization<>{}}.build();
#else
auto model = Sequential{Input<1>{}, Normalization<>{}}.build();
#endif
