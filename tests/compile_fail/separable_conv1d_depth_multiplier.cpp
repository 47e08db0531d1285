// Layers: SeparableConv1D with a depth multiplier below 1.
// at: separable_conv1d (SeparableConv1D), layer 1 of 1
// expects: a depth multiplier of at least 1
// got: depth_multiplier<0>
// fix: write depth_multiplier<n>, n >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, SeparableConv1D<4, 3, depth_multiplier<0>>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, SeparableConv1D<4, 3, depth_multiplier<2>>{}}.build();
#endif
