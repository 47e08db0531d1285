// Training: compile without an optimizer.
// at: compile, optimizer
// expects: an optimizer after the model
// got: MeanSquaredError, a loss
// fix: write compile(model, Adam{}, MeanSquaredError{}, metrics...)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(model, MeanSquaredError{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
