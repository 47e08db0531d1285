// Layers: LocalResponseNormalization of no channel.
// at: local_response_normalization (LocalResponseNormalization), layer 1 of 1
// expects: a window of one channel or more
// got: 0
// fix: write LocalResponseNormalization<5>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 4, 8>{}, LocalResponseNormalization<0>{}}.build();
#else
auto model = Sequential{Input<4, 4, 8>{}, LocalResponseNormalization<5>{}}.build();
#endif
