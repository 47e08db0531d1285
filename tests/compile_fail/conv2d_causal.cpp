// Layers: Conv2D with causal padding.
// at: conv2d (Conv2D), layer 1 of 1
// expects: padding::valid or padding::same
// got: padding::causal
// fix: take a layer for (steps, channels)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 1>{}, Conv2D<8, 3, padding::causal>{}}.build();
#else
auto model = Sequential{Input<9, 9, 1>{}, Conv2D<8, 3, padding::same>{}}.build();
#endif
