// Calls: weights loaded into a net.
// at: net.load_weights(file)
// expects: a model, which has weights
// got: a net, which has none
// fix: build it: auto model = net.build(); then model.load_weights(file)
#include <strata/strata.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
void load() { net.load_weights("model.safetensors"); }
#else
auto model = net.build();
void load() { model.load_weights("model.safetensors"); }
#endif
