// Concatenate: layers that are no branches.
// at: concatenate (Concatenate), layer 1 of 1
// expects: branch<layers...>, name<"...">, frozen
// got: something else
// fix: write Concatenate<branch<layers...>, branch<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Concatenate<Dense<6>, Dense<5>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Concatenate<branch<Dense<6>>, branch<Dense<5>>>{}}.build();
#endif
