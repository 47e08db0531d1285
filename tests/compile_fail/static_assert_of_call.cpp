// Static assertions: the type of a refused call.
// at: a call of sequential
// expects: (batch, 4)
// got: (1, 5)
// fix: give a batch of samples of that shape
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
static_assert(sizeof(decltype(model(ones<1, 5>()))) > 0);
#else
static_assert(sizeof(decltype(model(ones<1, 4>()))) > 0);
#endif
