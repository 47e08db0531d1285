// Streams: a convolution whose padding depends on the length of the sequence.
// at: a stream, conv1d (Conv1D), layer 1 of 1
// expects: layers that take one time step after another
// got: Conv1D with strides and padding::same, whose padding depends on the length
// fix: write padding::causal, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto facts = Sequential{Input<9, 2>{}, Conv1D<3, 4, strides<2>, padding::same>{}}.stream();
#else
auto facts = Sequential{Input<9, 2>{}, Conv1D<3, 4, strides<2>, padding::causal>{}}.stream();
#endif
