// Layers: LSTM on features.
// at: lstm (LSTM), layer 1 of 1
// expects: (steps, features)
// got: (16)
// fix: put Reshape<shape{steps, features}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<16>{}, LSTM<8>{}}.build();
#else
auto model = Sequential{Input<16>{}, Reshape<shape{4, 4}>{}, LSTM<8>{}}.build();
#endif
