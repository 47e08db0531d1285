// Nets that are not built: build_for(x) of a sample without a batch.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Dense<2>{}}.build_for(ones<4>());
#else
auto model = Sequential{Dense<2>{}}.build_for(ones<1, 4>());
#endif
