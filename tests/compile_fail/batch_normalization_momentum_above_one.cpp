// Layers: a momentum above 1.
// at: batch_normalization (BatchNormalization), layer 1 of 1
// expects: an epsilon above 0, a momentum of 0 to 1
// got: another number
// fix: write epsilon<1e-3>, momentum<0.99>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, BatchNormalization<momentum<99.0>>{}}.build();
#else
auto model = Sequential{Input<4>{}, BatchNormalization<momentum<0.99>>{}}.build();
#endif
