// Layers: Permute of fewer axes than the input has.
// at: permute (Permute), layer 1 of 1
// expects: each axis of (5, 4, 3) once, 1 to 3
// got: axes{2, 1}
// fix: name every axis once, such as Permute<axes{2, 1}>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 4, 3>{}, Permute<axes{2, 1}>{}}.build();
#else
auto model = Sequential{Input<5, 4, 3>{}, Permute<axes{2, 1, 3}>{}}.build();
#endif
