// Calls: features asked for at run time.
// at: features(...)
// expects: the name as a template argument, known when the program is compiled
// got: a value in parentheses
// fix: write features<"...">()
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto features = model.features("dense");
#else
auto features = model.features<"dense">();
#endif
