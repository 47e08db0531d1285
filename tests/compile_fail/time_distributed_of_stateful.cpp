// Layers: TimeDistributed around a stateful layer.
// at: time_distributed/LSTM inside a TimeDistributed
// expects: a layer that begins every sequence at zero
// got: stateful
// fix: take stateful out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<2, 5, 3>{}, TimeDistributed<LSTM<4, stateful>>{}}.build();
#else
auto model = Sequential{Input<2, 5, 3>{}, TimeDistributed<LSTM<4>>{}}.build();
#endif
