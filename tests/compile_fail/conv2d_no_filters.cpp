// Layers: Conv2D without filters.
// at: conv2d (Conv2D), layer 1 of 1
// expects: at least 1 filter
// got: Conv2D<0, ...>
// fix: write Conv2D<filters, k>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<0, 3>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3>{}}.build();
#endif
