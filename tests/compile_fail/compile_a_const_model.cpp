// Training: compile of a const model.
// at: compile, model
// expects: a model whose weights can be written
// got: a const model
// fix: take const away from the model
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
const auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
