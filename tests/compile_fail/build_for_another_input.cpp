// Calls: build_for(x) of a net that states another input.
// at: a build of a net that states its input
// expects: samples of shape (4)
// got: (5)
// fix: give that shape, or take Input<...> out
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2>{}}.build_for(ones<1, 5>());
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build_for(ones<1, 4>());
#endif
