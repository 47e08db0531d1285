// Layers: Conv2DTranspose without filters.
// at: conv2d_transpose (Conv2DTranspose), layer 1 of 1
// expects: at least 1 filter
// got: Conv2DTranspose<0, ...>
// fix: write Conv2DTranspose<filters, k>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 2>{}, Conv2DTranspose<0, 3>{}}.build();
#else
auto model = Sequential{Input<9, 9, 2>{}, Conv2DTranspose<8, 3>{}}.build();
#endif
