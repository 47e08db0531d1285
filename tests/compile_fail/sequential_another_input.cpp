// Nested models: an inner model that states another input.
// at: sequential (Sequential), layer 1 of 2
// expects: (4)
// got: (6)
// fix: give the inner model the shape that its Input<...> states
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<6>{}, Sequential{Input<4>{}, Dense<3>{}}, Dense<1>{}}.build();
#else
auto model = Sequential{Input<6>{}, Sequential{Input<6>{}, Dense<3>{}}, Dense<1>{}}.build();
#endif
