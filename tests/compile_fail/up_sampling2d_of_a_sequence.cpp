// Layers: UpSampling2D of something that is no image.
// at: up_sampling2d (UpSampling2D), layer 1 of 1
// expects: an image, (height, width, channels)
// got: (4, 3)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 3>{}, UpSampling2D<2>{}}.build();
#else
auto model = Sequential{Input<4, 3>{}, Reshape<shape{2, 2, 3}>{}, UpSampling2D<2>{}}.build();
#endif
