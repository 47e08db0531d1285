// Layers: ZeroPadding1D of something that is no sequence.
// at: zero_padding1d (ZeroPadding1D), layer 1 of 1
// expects: a sequence, (steps, channels)
// got: (5, 4, 3)
// fix: put Reshape<shape{steps, channels}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4, 3>{}, ZeroPadding1D<1>{}}.build();
#else
auto model = Sequential{Input<5, 4, 3>{}, Reshape<shape{20, 3}>{}, ZeroPadding1D<1>{}}.build();
#endif
