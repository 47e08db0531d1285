// Training: fit(...) on samples of another shape.
// at: the data, samples
// expects: samples of shape (4)
// got: (5)
// fix: give a Dataset of the model's input shape
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<3>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{});
#if !defined(REPAIR)
auto history = trainer.fit(Dataset<float, shape{5}, float, shape{3}>{});
#else
auto history = trainer.fit(Dataset<float, shape{4}, float, shape{3}>{});
#endif
