// Layers: PReLU that shares an axis that the input does not have.
// at: p_re_lu (PReLU), layer 1 of 1
// expects: shared_axes<...> of (5, 4), 1 to 2
// got: axis 3
// fix: count the axes of a sample from 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4>{}, PReLU<shared_axes<3>>{}}.build();
#else
auto model = Sequential{Input<5, 4>{}, PReLU<shared_axes<2>>{}}.build();
#endif
