// Names: a weight that the layer does not have.
// at: dense (Dense), a weight by name
// expects: one of kernel, bias
// got: no weight gamma
// fix: ask for a weight that it has
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto scale = model.get_layer<"dense">().weight<"gamma">();
#else
auto kernel = model.get_layer<"dense">().weight<"kernel">();
#endif
