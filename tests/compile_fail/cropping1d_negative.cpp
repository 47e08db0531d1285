// Layers: Cropping1D that adds.
// at: cropping1d (Cropping1D), layer 1 of 1
// expects: a cropping of at least 0
// got: border{-1, -1, 0, 0}
// fix: pad with ZeroPadding1D or ZeroPadding2D
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, Cropping1D<-1>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, ZeroPadding1D<1>{}}.build();
#endif
