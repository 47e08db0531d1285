// Calls: a layer asked for at run time.
// at: get_layer(...)
// expects: the name as a template argument, known when the program is compiled
// got: a value in parentheses
// fix: write get_layer<"...">()
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto layer = model.get_layer("dense");
#else
auto layer = model.get_layer<"dense">();
#endif
