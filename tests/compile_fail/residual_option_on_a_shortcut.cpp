// Residual: an option on its shortcut.
// at: residual (Residual), layer 1 of 1
// expects: layers, and layers alone on its shortcut
// got: none, or something else
// fix: write Residual<layers..., shortcut<layers...>>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Residual<Dense<6>, shortcut<Dense<6>, no_bias>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Residual<Dense<6>, shortcut<Dense<6, no_bias>>>{}}.build();
#endif
