// Streams: the state of a layer that has none.
// at: the state of a stream
// expects: one of amp
// got: dense
// fix: write the name of a layer with a state
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<8, 1>{}, LSTM<4, return_sequences, name<"amp">>{}, Dense<1>{}}.build();
auto stream = model.stream();
#if !defined(REPAIR)
auto state = stream.state<"dense">();
#else
auto state = stream.state<"amp">();
#endif
