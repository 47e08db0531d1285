// Nets that are not built: parameter_count() of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto count = Sequential{Dense<8, ReLU>{}, Dense<2>{}}.parameter_count();
#else
auto count = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>{}}.parameter_count();
#endif
