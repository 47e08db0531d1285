// Training: an option of fit that is called otherwise.
// at: fit, options
// expects: the options of Keras' fit and evaluate, in their order
// got: another name, or a value of another type
// fix: write .batch_size, .epochs, .validation_data, .callbacks, .threads, .verbose
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto history = trainer.fit(data, {.epoch = 3});
#else
auto history = trainer.fit(data, {.epochs = 3});
#endif
