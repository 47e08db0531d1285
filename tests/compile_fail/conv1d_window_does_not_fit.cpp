// Layers: Conv1D with a window wider than its input.
// at: conv1d (Conv1D), layer 1 of 1
// expects: (>= 9, channels)
// got: (8, 2)
// fix: use padding::same, a smaller window, or less pooling before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, 2>{}, Conv1D<4, 3, dilation<4>>{}}.build();
#else
auto model = Sequential{Input<8, 2>{}, Conv1D<4, 3, dilation<4>, padding::causal>{}}.build();
#endif
