// Names: the bias of a layer with no_bias.
// at: dense (Dense), a weight by name
// expects: one of kernel
// got: no weight bias
// fix: ask for a weight that it has
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2, no_bias>{}}.build();
#if !defined(REPAIR)
auto bias = model.get_layer<"dense">().bias();
#else
auto kernel = model.get_layer<"dense">().kernel();
#endif
