// Subtract: three branches.
// at: subtract (Subtract), layer 1 of 1
// expects: two branches
// got: 3
// fix: write Subtract<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Subtract<branch<Dense<4>>, branch<Tanh>, branch<>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Subtract<branch<Dense<4>>, branch<Tanh>>{}}.build();
#endif
