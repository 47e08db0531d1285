// Average: no branch.
// at: average (Average), layer 1 of 1
// expects: two branches or more
// got: 0
// fix: write Average<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Average<>{}}.build();
#else
auto model = Sequential{Input<4>{}, Average<branch<Dense<4>>, branch<>>{}}.build();
#endif
