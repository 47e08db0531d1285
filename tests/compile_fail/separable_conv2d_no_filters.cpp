// Layers: SeparableConv2D without filters.
// at: separable_conv2d (SeparableConv2D), layer 1 of 1
// expects: at least 1 filter
// got: SeparableConv2D<0, ...>
// fix: write SeparableConv2D<filters, k>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 2>{}, SeparableConv2D<0, 3>{}}.build();
#else
auto model = Sequential{Input<9, 9, 2>{}, SeparableConv2D<8, 3>{}}.build();
#endif
