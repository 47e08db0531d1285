// Padding as a string.
// means: padding is a type too: padding::same, padding::valid, padding::causal.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, "same">{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, padding::same>{}}.build();
#endif
