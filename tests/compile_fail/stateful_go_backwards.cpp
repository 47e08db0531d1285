// Layers: a stateful layer that goes backwards in time.
// at: lstm (LSTM), layer 1 of 1
// expects: stateful layers that go forward in time
// got: stateful with go_backwards
// fix: leave one of them out: the next batch comes after the last step, not before the first
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, LSTM<4, stateful, go_backwards>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, LSTM<4, stateful>{}}.build();
#endif
