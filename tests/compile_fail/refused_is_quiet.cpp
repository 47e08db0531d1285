// Calls: uses of a refused model give no further error.
// at: dense (Dense), layer 1 of 1
// expects: at least 1 unit
// got: Dense<0>
// fix: write Dense<units>, units >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<0>{}}.build();
auto y = model(ones<1, 4>());
auto kernel = model.get_layer<"dense">().kernel();
#else
auto model = Sequential{Input<4>{}, Dense<3>{}}.build();
auto y = model(ones<1, 4>());
auto kernel = model.get_layer<"dense">().kernel();
#endif
