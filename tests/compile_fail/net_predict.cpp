// Calls: predict of a net.
// at: net.predict(x)
// expects: a model, which has weights
// got: a net, which has none
// fix: build it: auto model = net.build(); then model.predict(x)
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
std::vector<float> x(4);
#if !defined(REPAIR)
auto y = net.predict(x);
#else
auto y = net.build().predict(x);
#endif
