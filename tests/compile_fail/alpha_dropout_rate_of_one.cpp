// Layers: AlphaDropout of everything.
// at: alpha_dropout (AlphaDropout), layer 1 of 1
// expects: a rate of at least 0, below 1
// got: a rate of 1 or more
// fix: write AlphaDropout<0.5>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, AlphaDropout<1.0>{}}.build();
#else
auto model = Sequential{Input<4>{}, AlphaDropout<0.1>{}}.build();
#endif
