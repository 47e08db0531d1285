// Layers: TimeDistributed around a layer that is refused.
// at: time_distributed/Conv2D inside a TimeDistributed
// expects: (height, width, channels)
// got: (3)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, TimeDistributed<Conv2D<4, 3>>{}}.build();
#else
auto model = Sequential{Input<5, 6, 6, 3>{}, TimeDistributed<Conv2D<4, 3>>{}}.build();
#endif
