// List of layers: input_shape<...> with a size of 0.
// at: the input of this net
// expects: an input of sizes >= 1
// got: (28, 0, 1)
// fix: write input_shape<height, width, channels>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Flatten<input_shape<28, 0, 1>>{}}.build();
#else
auto model = Sequential{Flatten<input_shape<28, 28, 1>>{}}.build();
#endif
