// Streams: a layer that begins with the last step.
// at: a stream, lstm (LSTM), layer 1 of 1
// expects: layers that take one time step after another
// got: LSTM
// fix: leave it out of the streamed net, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
constexpr auto facts = Sequential{Input<5, 3>{}, LSTM<4, go_backwards>{}}.stream();
#else
constexpr auto facts = Sequential{Input<5, 3>{}, LSTM<4>{}}.stream();
#endif
