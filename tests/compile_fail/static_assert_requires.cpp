// Static assertions: a refused expression in requires.
// at: conv2d (Conv2D), layer 1 of 1
// expects: (height, width, channels)
// got: (10)
// fix: put Reshape<shape{h, w, c}> before it
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
static_assert(requires { Sequential{Input<10>{}, Conv2D<8, 3>{}}.build(); });
#else
static_assert(requires { Sequential{Input<10, 10, 1>{}, Conv2D<8, 3>{}}.build(); });
#endif
