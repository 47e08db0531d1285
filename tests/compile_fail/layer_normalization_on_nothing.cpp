// Layers: LayerNormalization of a single number.
// at: layer_normalization (LayerNormalization), layer 2 of 2
// expects: an input with a last axis
// got: ()
// fix: give it at least one axis
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<1>{}, Reshape<shape{}>{}, LayerNormalization<>{}}.build();
#else
auto model = Sequential{Input<1>{}, Reshape<shape{1}>{}, LayerNormalization<>{}}.build();
#endif
