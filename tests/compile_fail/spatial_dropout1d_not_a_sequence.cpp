// Layers: SpatialDropout1D on an image.
// at: spatial_dropout1d (SpatialDropout1D), layer 1 of 1
// expects: (steps, channels)
// got: (28, 28, 1)
// fix: put it after a layer that gives a sequence
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, SpatialDropout1D<0.2>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, SpatialDropout2D<0.2>{}}.build();
#endif
