// Residual: an Input among its layers.
// at: residual (Residual), layer 1 of 1
// expects: layers, shortcut<layers...>, name<"...">, frozen
// got: something else
// fix: give it the layer contract, or leave it out
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Residual<Input<4>, Dense<4>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Residual<Dense<4>>{}}.build();
#endif
