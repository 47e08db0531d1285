// Layers: Rescaling by something infinite.
// at: rescaling (Rescaling), layer 1 of 1
// expects: a finite scale and offset
// got: one that is infinite or NaN
// fix: write Rescaling<1.0 / 255>
#include <limits>

#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5>{}, Rescaling<std::numeric_limits<double>::infinity()>{}}.build();
#else
auto model = Sequential{Input<5>{}, Rescaling<1.0 / 255>{}}.build();
#endif
