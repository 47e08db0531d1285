// Streams: a path that goes step by step beside one over all steps.
// at: a stream, multiply (Multiply), layer 1 of 1
// expects: paths that go step by step at one rate, or none of them
// got: Multiply
// fix: leave it out of the streamed net, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto stream = Sequential{Input<5, 3>{}, Multiply<branch<>, branch<GRU<3>>>{}}.build().stream();
#else
auto model = Sequential{Input<5, 3>{}, Multiply<branch<>, branch<GRU<3, return_sequences>>>{}}.build();
auto stream = model.stream();
#endif
