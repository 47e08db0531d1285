// Layers: Permute that names an axis twice.
// at: permute (Permute), layer 1 of 1
// expects: each axis of (4, 3) once, 1 to 2
// got: axes{1, 1}
// fix: name every axis once, such as Permute<axes{2, 1}>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4, 3>{}, Permute<axes{1, 1}>{}}.build();
#else
auto model = Sequential{Input<4, 3>{}, Permute<axes{2, 1}>{}}.build();
#endif
