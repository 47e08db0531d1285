// Layers: Bidirectional around a stateful layer.
// at: bidirectional (Bidirectional), layer 1 of 1
// expects: a layer that begins every sample at zero inside
// got: stateful
// fix: take stateful out of its options: the next batch does not come before this one
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, Bidirectional<LSTM<4, stateful>>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, Bidirectional<LSTM<4>>{}}.build();
#endif
