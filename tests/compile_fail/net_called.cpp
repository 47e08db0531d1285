// Calls: a call of a net that is not built.
// at: net(x)
// expects: a model, which has weights
// got: a net, which has none
// fix: build it: auto model = net.build(); then model(x)
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto y = net(ones<1, 4>());
#else
auto y = net.build()(ones<1, 4>());
#endif
