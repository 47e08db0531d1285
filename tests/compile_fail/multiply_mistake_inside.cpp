// Multiply: a mistake on a branch.
// at: multiply/lstm (LSTM), layer 1 of 1
// expects: (steps, features)
// got: (4)
// fix: put Reshape<shape{steps, features}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Multiply<branch<LSTM<3>>, branch<>>{}}.build();
#else
auto model = Sequential{Input<5, 4>{}, Multiply<branch<LSTM<4>>, branch<>>{}}.build();
#endif
