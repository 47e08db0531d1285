// Layers: Conv1DTranspose with strides and dilation.
// at: conv1d_transpose (Conv1DTranspose), layer 1 of 1
// expects: strides or dilation, not both
// got: window 3, strides 2, dilation 2
// fix: leave one of them at 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, Conv1DTranspose<4, 3, strides<2>, dilation<2>>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, Conv1DTranspose<4, 3, strides<2>>{}}.build();
#endif
