// An optimizer or a loss without braces.
// means: compile takes values: `Adam{}`, or with arguments `Adam{.learning_rate = 0.01}`.
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto trainer = compile(model, Adam, MeanSquaredError{});
#else
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
