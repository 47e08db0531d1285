// Training: compile without a loss.
// at: compile, loss
// expects: a loss after the optimizer
// got: nothing
// fix: write compile(model, Adam{}, MeanSquaredError{}, metrics...)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(model, Adam{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
