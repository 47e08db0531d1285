// Layers: a factor that is a string.
// at: up_sampling2d (UpSampling2D), layer 1 of 1
// expects: a factor of an integer, or of two
// got: three, a string or a real number
// fix: write window{height, width}, or one integer for both
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 4, 1>{}, UpSampling2D<"2">{}}.build();
#else
auto model = Sequential{Input<4, 4, 1>{}, UpSampling2D<2>{}}.build();
#endif
