// Layers: LocalResponseNormalization whose divisor may be 0.
// at: local_response_normalization (LocalResponseNormalization), layer 1 of 1
// expects: an alpha and beta of at least 0 and a positive bias
// got: another one, or NaN
// fix: write LocalResponseNormalization<5, 1e-4, 0.75, 1.0>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 4, 8>{}, LocalResponseNormalization<5, 1e-4, 0.75, 0.0>{}}.build();
#else
auto model = Sequential{Input<4, 4, 8>{}, LocalResponseNormalization<5, 1e-4, 0.75, 1.0>{}}.build();
#endif
