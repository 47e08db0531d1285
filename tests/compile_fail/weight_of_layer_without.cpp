// Names: the kernel of a layer without weights.
// at: flatten (Flatten), a weight by name
// expects: a layer with weights
// got: kernel
// fix: ask a layer that has weights
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<2, 2>{}, Flatten<>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto kernel = model.get_layer<"flatten">().kernel();
#else
auto kernel = model.get_layer<"dense">().kernel();
#endif
