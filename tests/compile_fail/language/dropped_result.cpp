// The result of add, pop, freeze, unfreeze or optimize is dropped.
// means: the number of layers is part of a type, so these functions change nothing and give a new net or model.
// means: Compilers warn of it.
#include <strata/infer.hpp>

#pragma GCC diagnostic error "-Wunused-result"
using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void grow() { model.add(ReLU{}); }
#else
auto grown = model.add(ReLU{});
#endif
