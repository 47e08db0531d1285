// Training: fit of a net.
// at: net.fit(...)
// expects: a model and a trainer
// got: a net, which has no weights
// fix: auto model = net.build(); auto trainer = compile(model, Adam{}, MeanSquaredError{});
#include <strata/strata.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto history = net.fit(data);
#else
auto model = net.build();
auto history = compile(model, Adam{}, MeanSquaredError{}).fit(data);
#endif
