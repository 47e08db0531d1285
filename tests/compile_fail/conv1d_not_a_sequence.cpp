// Layers: Conv1D on an image.
// at: conv1d (Conv1D), layer 1 of 1
// expects: (steps, channels)
// got: (9, 9, 2)
// fix: put Reshape<shape{steps, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 9, 2>{}, Conv1D<8, 3>{}}.build();
#else
auto model = Sequential{Input<9, 9, 2>{}, Reshape<shape{81, 2}>{}, Conv1D<8, 3>{}}.build();
#endif
