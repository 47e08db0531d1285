// Nested models: a name twice inside an inner model.
// at: base/a, layer 2 of 2
// expects: names that are unique
// got: "a" twice
// fix: give one of the two another name
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Sequential{name<"base">{}, Dense<3, name<"a">>{}, Dense<2, name<"a">>{}}}.build();
#else
auto model = Sequential{Input<4>{}, Sequential{name<"base">{}, Dense<3, name<"a">>{}, Dense<2, name<"b">>{}}}.build();
#endif
