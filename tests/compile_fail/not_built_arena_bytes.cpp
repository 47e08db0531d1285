// Nets that are not built: arena_bytes() of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto bytes = Sequential{Dense<8, ReLU>{}, Dense<2>{}}.arena_bytes();
#else
auto bytes = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>{}}.arena_bytes();
#endif
