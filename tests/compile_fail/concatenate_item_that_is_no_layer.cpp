// Concatenate: something on a branch that is no layer.
// at: concatenate (Concatenate), layer 1 of 1
// expects: layers in each branch<...>
// got: something else
// fix: write Concatenate<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Concatenate<branch<Dense<6>, no_bias>, branch<>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Concatenate<branch<Dense<6, no_bias>>, branch<>>{}}.build();
#endif
