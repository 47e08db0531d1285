// Streams: a layer that needs all steps, in a net whose number of steps is open.
// at: a stream, flatten (Flatten), layer 2 of 3
// expects: layers that take one time step after another
// got: Flatten
// fix: leave it out of the streamed net, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, Dense<4>{}, Flatten<>{}, Dense<1>{}}.build();
#else
auto model = Sequential{Input<1, 2>{}, Dense<4>{}, Flatten<>{}, Dense<1>{}}.build();
#endif
