// Layers: RepeatVector of something that is no vector.
// at: repeat_vector (RepeatVector), layer 1 of 1
// expects: one axis, (features)
// got: (4, 3)
// fix: put Flatten<> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 3>{}, RepeatVector<2>{}}.build();
#else
auto model = Sequential{Input<4, 3>{}, Flatten<>{}, RepeatVector<2>{}}.build();
#endif
