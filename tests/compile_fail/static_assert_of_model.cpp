// Static assertions: the size of a refused Model<...>.
// at: dense (Dense), layer 1 of 1
// expects: at least 1 unit
// got: Dense<0>
// fix: write Dense<units>, units >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
static_assert(sizeof(Model<Sequential<Input<4>, Dense<0>>>) > 0);
#else
static_assert(sizeof(Model<Sequential<Input<4>, Dense<2>>>) > 0);
#endif
