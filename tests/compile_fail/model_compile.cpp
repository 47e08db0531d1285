// Training: compile as a member.
// at: model.compile(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: write auto trainer = compile(model, Adam{}, MeanSquaredError{});
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = model.compile(Adam{}, MeanSquaredError{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
