// Layers: SpatialDropout2D on a sequence.
// at: spatial_dropout2d (SpatialDropout2D), layer 1 of 1
// expects: (height, width, channels)
// got: (100, 8)
// fix: put it after a layer that gives an image
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<100, 8>{}, SpatialDropout2D<0.2>{}}.build();
#else
auto model = Sequential{Input<100, 8>{}, SpatialDropout1D<0.2>{}}.build();
#endif
