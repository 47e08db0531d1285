// Training: compile without a model.
// at: compile, model
// expects: a model, an optimizer, a loss and metrics, in this order
// got: Adam
// fix: write compile(model, Adam{}, MeanSquaredError{}, metrics...)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(Adam{}, MeanSquaredError{}, Accuracy{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{}, Accuracy{});
#endif
