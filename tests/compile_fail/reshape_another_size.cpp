// Layers: Reshape to another number of elements.
// at: reshape (Reshape), layer 1 of 1
// expects: 10 elements for (5, 2)
// got: (12), 12 elements
// fix: choose a shape of 12 elements
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<12>{}, Reshape<shape{5, 2}>{}}.build();
#else
auto model = Sequential{Input<12>{}, Reshape<shape{4, 3}>{}}.build();
#endif
