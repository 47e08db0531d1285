// Layers: UpSampling1D by nothing.
// at: up_sampling1d (UpSampling1D), layer 1 of 1
// expects: to repeat at least once
// got: 0x0
// fix: write UpSampling1D<n>, n >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 3>{}, UpSampling1D<0>{}}.build();
#else
auto model = Sequential{Input<4, 3>{}, UpSampling1D<2>{}}.build();
#endif
