// Names: a layer that a model does not have.
// at: a layer by name
// expects: one of dense
// got: no layer dense_1
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto layer = model.get_layer<"dense_1">();
#else
auto layer = model.get_layer<"dense">();
#endif
