// Units as a real number.
// means: units, filters and sizes are integers.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<32.0>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<32>{}}.build();
#endif
