// Layers: LayerNormalization with a negative epsilon.
// at: layer_normalization (LayerNormalization), layer 1 of 1
// expects: an epsilon of at least 0
// got: a negative one, or NaN
// fix: write epsilon<1e-3>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5>{}, LayerNormalization<epsilon<-0.5>>{}}.build();
#else
auto model = Sequential{Input<5>{}, LayerNormalization<epsilon<0.5>>{}}.build();
#endif
