// List of layers: add(...) of a layer that does not fit.
// at: max_pooling2d (MaxPooling2D), layer 2 of 2
// expects: (height, width, channels)
// got: (2)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto grown = model.add(MaxPooling2D<2>{});
#else
auto grown = model.add(Dense<2>{});
#endif
