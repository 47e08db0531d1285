// Names: a layer of a list without layers.
// at: a layer by name
// expects: a net with layers
// got: no layer dense
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto layer = Sequential{Input<4>{}}.get_layer<"dense">();
#else
auto layer = Sequential{Input<4>{}, Dense<2>{}}.get_layer<"dense">();
#endif
