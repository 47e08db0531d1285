// Residual: a shortcut beside no layers.
// at: residual (Residual), layer 1 of 1
// expects: layers, and layers alone on its shortcut
// got: none, or something else
// fix: write Residual<layers..., shortcut<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Residual<shortcut<Dense<4>>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Residual<Dense<4>>{}}.build();
#endif
