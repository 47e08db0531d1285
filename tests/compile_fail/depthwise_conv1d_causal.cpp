// Layers: DepthwiseConv1D with causal padding.
// at: depthwise_conv1d (DepthwiseConv1D), layer 1 of 1
// expects: padding::valid or padding::same
// got: padding::causal
// fix: take Conv1D, which can be causal
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, DepthwiseConv1D<3, padding::causal>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, DepthwiseConv1D<3, padding::same>{}}.build();
#endif
