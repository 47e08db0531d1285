// Calls: a batch of other samples.
// at: a call of sequential
// expects: (batch, 4)
// got: (1, 5)
// fix: give a batch of samples of that shape
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto y = model(ones<1, 5>());
#else
auto y = model(ones<1, 4>());
#endif
