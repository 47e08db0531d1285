// Layers: DepthwiseConv2D with a depth multiplier below 1.
// at: depthwise_conv2d (DepthwiseConv2D), layer 1 of 1
// expects: a depth multiplier of at least 1
// got: depth_multiplier<0>
// fix: write depth_multiplier<n>, n >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 2>{}, DepthwiseConv2D<3, depth_multiplier<0>>{}}.build();
#else
auto model = Sequential{Input<9, 9, 2>{}, DepthwiseConv2D<3, depth_multiplier<2>>{}}.build();
#endif
