// Nets that are not built: build() of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Dense<8, ReLU>{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<8, ReLU>{}, Dense<2>{}}.build();
#endif
