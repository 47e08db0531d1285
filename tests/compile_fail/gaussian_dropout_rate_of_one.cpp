// Layers: GaussianDropout of everything.
// at: gaussian_dropout (GaussianDropout), layer 1 of 1
// expects: a rate of at least 0, below 1
// got: a rate of 1 or more
// fix: write GaussianDropout<0.5>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, GaussianDropout<1.0>{}}.build();
#else
auto model = Sequential{Input<4>{}, GaussianDropout<0.1>{}}.build();
#endif
