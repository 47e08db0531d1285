// List of layers: Input<...> twice.
// at: item 2 of 3
// expects: Input<...> once, first in the list
// got: Input<...> after other items
// fix: put Input<...> first, or take it out
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Input<4>{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#endif
