// Calls: any_of<...> without a net.
// at: any_of
// expects: one net or more
// got: none
// fix: write any_of<NetA, NetB>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
any_of<> model;
#else
any_of<Sequential<Input<2>, Dense<1>>> model;
#endif
