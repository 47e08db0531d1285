// Layers: GlobalMaxPooling1D on an image.
// at: global_max_pooling1d (GlobalMaxPooling1D), layer 1 of 1
// expects: (steps, channels)
// got: (9, 9, 2)
// fix: put it after a layer that gives a sequence
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 2>{}, GlobalMaxPooling1D<>{}}.build();
#else
auto model = Sequential{Input<9, 9, 2>{}, GlobalMaxPooling2D<>{}}.build();
#endif
