// Residual: two shortcuts.
// at: residual (Residual), layer 1 of 1
// expects: one shortcut<layers...>
// got: 2 of them
// fix: put all its layers into one
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Residual<Dense<6>, shortcut<Dense<5>>, shortcut<Dense<6>>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Residual<Dense<6>, shortcut<Dense<5>, Dense<6>>>{}}.build();
#endif
