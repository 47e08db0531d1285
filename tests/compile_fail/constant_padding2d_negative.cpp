// Layers: ConstantPadding2D that crops.
// at: constant_padding2d (ConstantPadding2D), layer 1 of 1
// expects: a padding of at least 0
// got: border{-1, -1, -1, -1}
// fix: crop with Cropping1D or Cropping2D
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4, 3>{}, ConstantPadding2D<-1, 0.5>{}}.build();
#else
auto model = Sequential{Input<5, 4, 3>{}, Cropping2D<1>{}}.build();
#endif
