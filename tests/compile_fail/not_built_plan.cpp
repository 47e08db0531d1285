// Nets that are not built: plan() of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto steps = Sequential{Dense<8, ReLU>{}, Dense<2>{}}.plan();
#else
auto steps = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>{}}.plan();
#endif
