// Training: fit as a member of the model.
// at: model.fit(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: write compile(model, optimizer, loss).fit(data, {.epochs = 10})
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto history = model.fit(data);
#else
auto history = trainer.fit(data);
#endif
