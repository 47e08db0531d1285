// Layers: Bidirectional around a layer that has no direction.
// at: bidirectional (Bidirectional), layer 1 of 1
// expects: a recurrent layer inside
// got: Dense
// fix: write Bidirectional<LSTM<units>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, Bidirectional<Dense<4>>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, Bidirectional<LSTM<4>>{}}.build();
#endif
