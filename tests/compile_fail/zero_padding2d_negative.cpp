// Layers: ZeroPadding2D that takes away.
// at: zero_padding2d (ZeroPadding2D), layer 1 of 1
// expects: a padding of at least 0
// got: border{-1, 0, 0, 0}
// fix: crop with Cropping1D or Cropping2D
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4, 3>{}, ZeroPadding2D<border{-1, 0, 0, 0}>{}}.build();
#else
auto model = Sequential{Input<5, 4, 3>{}, Cropping2D<border{1, 0, 0, 0}>{}}.build();
#endif
