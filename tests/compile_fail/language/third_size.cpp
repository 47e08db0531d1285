// A third size.
// means: after the number of filters stands one window, `3` or `window{3, 2}`; what follows are options.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<32, 3, 3>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<32, window{3, 3}>{}}.build();
#endif
