// Layers: Conv1D with strides for two axes.
// at: conv1d (Conv1D), layer 1 of 1
// expects: strides<n>, dilation<n>
// got: one for two axes
// fix: write one number: it has one axis
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, Conv1D<4, 3, strides<2, 1>>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, Conv1D<4, 3, strides<2>>{}}.build();
#endif
