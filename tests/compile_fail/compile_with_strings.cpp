// Training: an optimizer by its name.
// at: compile, optimizer
// expects: an optimizer after the model
// got: a string
// fix: write compile(model, Adam{}, MeanSquaredError{}, metrics...)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(model, "adam", "mse");
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
