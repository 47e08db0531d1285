// Training: a metric by its name; uses of the trainer give no further error.
// at: compile, metrics
// expects: metrics after the loss
// got: a string
// fix: write Accuracy{} or another metric; a list without braces around it
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto trainer = compile(model, Adam{}, MeanSquaredError{}, "accuracy");
auto history = trainer.fit(data, {.epoch = 3});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{}, Accuracy{});
auto history = trainer.fit(data, {.epochs = 3});
#endif
