// Streams: a layer that needs later steps.
// at: a stream, bidirectional (Bidirectional), layer 2 of 3
// expects: layers that take one time step after another
// got: Bidirectional, whose second layer begins with the last step of its input
// fix: write the layer without Bidirectional, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto stream =
    Sequential{Input<5, 3>{}, Dense<4>{}, Bidirectional<LSTM<4, return_sequences>>{}, Dense<2>{}}.build().stream();
#else
auto model = Sequential{Input<5, 3>{}, Dense<4>{}, LSTM<4, return_sequences>{}, Dense<2>{}}.build();
auto stream = model.stream();
#endif
