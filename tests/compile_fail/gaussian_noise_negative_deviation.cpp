// Layers: GaussianNoise with a negative deviation.
// at: gaussian_noise (GaussianNoise), layer 1 of 1
// expects: a deviation of at least 0
// got: a negative deviation
// fix: write GaussianNoise<0.1>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, GaussianNoise<-0.1>{}}.build();
#else
auto model = Sequential{Input<4>{}, GaussianNoise<0.1>{}}.build();
#endif
