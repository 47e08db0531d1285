// Streams: a merge of paths with different strides.
// at: a stream, residual (Residual), layer 1 of 1
// expects: paths that go step by step at one rate, or none of them
// got: Add
// fix: leave it out of the streamed net, or call infer with all steps
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, Residual<MaxPooling1D<1, strides<2>>>{}}.build();
#else
auto model = Sequential{Input<any, 2>{}, Residual<MaxPooling1D<1, strides<1>>>{}}.build();
#endif
