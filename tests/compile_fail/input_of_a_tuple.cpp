// List of layers: Input with its sizes in braces.
// at: item 1 of 3
// expects: Input<...> with an integer for each axis
// got: braces, a string or a real number
// fix: write Input<28, 28, 1>, without braces
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<{28, 28, 1}>{}, Flatten{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Flatten{}, Dense<2>{}}.build();
#endif
