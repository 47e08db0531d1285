// Minimum: an option that it does not take.
// at: minimum (Minimum), layer 1 of 1
// expects: name<"...">, frozen, input_shape<...>
// got: no_bias
// fix: take no_bias out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Minimum<branch<Dense<4>>, branch<>, no_bias>{}}.build();
#else
auto model = Sequential{Input<4>{}, Minimum<branch<Dense<4, no_bias>>, branch<>>{}}.build();
#endif
