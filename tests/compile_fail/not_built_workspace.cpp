// Not built: a Workspace of a net without an input.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
using Net = Sequential<Dense<2>>;
Workspace<Net> workspace;
#else
using Net = Sequential<Input<4>, Dense<2>>;
Workspace<Net> workspace;
#endif
