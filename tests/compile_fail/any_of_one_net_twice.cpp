// Calls: any_of<...> of one net twice.
// at: any_of
// expects: nets of different types
// got: net 1 (small) and net 3 (small) of one type
// fix: take one of them out
#include <strata/infer.hpp>

using namespace strata;

using small = Sequential<Input<2>, Dense<1>, name<"small">>;
using large = Sequential<Input<2>, Dense<5>, Dense<1>>;

#if !defined(REPAIR)
any_of<small, large, small> model;
#else
any_of<small, large> model;
#endif
