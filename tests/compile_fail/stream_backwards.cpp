// Streams: a layer that begins with the last step.
// at: a stream, lstm (LSTM), layer 1 of 1
// expects: layers that take one time step after another
// got: a layer with go_backwards, whose first step is the last one of its input
// fix: take out go_backwards, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
constexpr auto facts = Sequential{Input<5, 3>{}, LSTM<4, go_backwards>{}}.stream();
#else
constexpr auto facts = Sequential{Input<5, 3>{}, LSTM<4>{}}.stream();
#endif
