// A rate or a scale as an integer.
// means: real numbers among the template arguments are written with a point.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Rescaling<2>{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<4>{}, Rescaling<2.0>{}, Dense<2>{}}.build();
#endif
