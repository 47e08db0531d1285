// Training: an option that evaluate does not have.
// at: evaluate, options
// expects: the options of Keras' fit and evaluate, in their order
// got: another name, or a value of another type
// fix: write .batch_size, .epochs, .validation_data, .callbacks, .threads, .verbose
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto scores = trainer.evaluate(data, {.epochs = 3});
#else
auto scores = trainer.evaluate(data, {.verbose = 1});
#endif
