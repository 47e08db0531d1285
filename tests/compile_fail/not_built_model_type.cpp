// Nets that are not built: Model<...> of a net without an input shape.
// at: this net
// expects: a known input shape
// got: none: it is not built
// fix: put Input<...> first, or call build_for(x)
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
Model<Sequential<Dense<8>, Dense<2>>> model;
#else
Model<Sequential<Input<4>, Dense<8>, Dense<2>>> model;
#endif
