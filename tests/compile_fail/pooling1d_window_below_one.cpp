// Layers: MaxPooling1D with a window below 1.
// at: max_pooling1d (MaxPooling1D), layer 1 of 1
// expects: window, strides, dilation >= 1
// got: window 0, strides 0, dilation 1
// fix: write sizes of at least 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, MaxPooling1D<0>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, MaxPooling1D<2>{}}.build();
#endif
