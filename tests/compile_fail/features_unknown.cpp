// Names: features up to a layer that the model does not have.
// at: a layer by name
// expects: one of dense
// got: no layer hiden
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto front = model.features<"hiden">();
#else
auto front = model.features<"dense">();
#endif
