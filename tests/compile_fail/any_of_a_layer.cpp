// Calls: any_of<...> of a layer.
// at: any_of
// expects: nets
// got: a type that is no net
// fix: write any_of<decltype(net), decltype(other)>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
any_of<Dense<1>> model;
#else
any_of<Sequential<Input<2>, Dense<1>>> model;
#endif
