// List of layers: an Input<...> with a size of 0.
// at: item 1 of 2
// expects: Input<...> with sizes >= 1
// got: a size below 1
// fix: write Input<height, width, channels>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 0, 1>{}, Flatten<>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Flatten<>{}}.build();
#endif
