// Layers: BatchNormalization of a single number.
// at: batch_normalization (BatchNormalization), layer 2 of 2
// expects: (channels)
// got: ()
// fix: give it at least one axis
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1>{}, Reshape<shape{}>{}, BatchNormalization<>{}}.build();
#else
auto model = Sequential{Input<1>{}, BatchNormalization<>{}}.build();
#endif
