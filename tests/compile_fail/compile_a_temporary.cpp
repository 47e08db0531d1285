// Lifetimes: a trainer of a temporary model.
// at: compile, model
// expects: a model that lives longer than the trainer
// got: a temporary model
// fix: name the model: auto model = net.build(); then compile(model, ...)
#include <strata/strata.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto trainer = compile(net.build(), Adam{}, MeanSquaredError{});
#else
auto model = net.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
