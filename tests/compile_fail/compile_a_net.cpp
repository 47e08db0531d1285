// Training: compile of a net.
// at: compile, model
// expects: a model
// got: a net, which has no weights
// fix: auto model = net.build(); then compile(model, ...)
#include <strata/strata.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto trainer = compile(net, Adam{}, MeanSquaredError{});
#else
auto model = net.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#endif
