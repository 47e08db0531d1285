// Concatenate: a single branch.
// at: concatenate (Concatenate), layer 1 of 1
// expects: two branches or more
// got: 1
// fix: write Concatenate<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Concatenate<branch<Dense<6>>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Concatenate<branch<Dense<6>>, branch<>>{}}.build();
#endif
