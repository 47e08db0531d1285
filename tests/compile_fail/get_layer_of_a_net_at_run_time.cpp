// Calls: a layer of a net asked for at run time.
// at: get_layer(...)
// expects: the name as a template argument, known when the program is compiled
// got: a value in parentheses
// fix: write get_layer<"...">()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto layer = net.get_layer("dense");
#else
auto layer = net.get_layer<"dense">();
#endif
