// Lifetimes: validation data that nobody holds.
// at: fit, .validation_data
// expects: a Dataset that lives as long as fit reads it
// got: a temporary Dataset
// fix: name the data: auto data = ...; then .validation_data = data
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto history = trainer.fit(data, {.validation_data = Dataset<float, shape{4}, float, shape{2}>{}});
#else
Dataset<float, shape{4}, float, shape{2}> held;
auto history = trainer.fit(data, {.validation_data = held});
#endif
