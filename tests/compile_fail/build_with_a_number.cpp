// Calls: build with a number.
// at: build
// expects: options in braces
// got: a number
// fix: write build({.seed = 1})
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2>{}}.build(42);
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build({.seed = 42});
#endif
