// Training: options of fit without their names.
// at: fit, arguments
// expects: one Dataset, which holds samples and labels, then options in braces
// got: a Dataset, a number, a number
// fix: write Dataset<float, shape{...}, int> data; data.push_back(sample, label);
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto history = trainer.fit(data, 32, 10);
#else
auto history = trainer.fit(data, {.batch_size = 32, .epochs = 10});
#endif
