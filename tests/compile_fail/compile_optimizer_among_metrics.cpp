// Training: an optimizer among the metrics.
// at: compile, metrics
// expects: metrics after the loss
// got: SGD, an optimizer
// fix: write Accuracy{} or another metric; a list without braces around it
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(model, Adam{}, MeanSquaredError{}, SGD{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
