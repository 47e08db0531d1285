// Names: a layer that a net does not have.
// at: a layer by name
// expects: one of hidden, logits
// got: no layer hiden
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<8, name<"hidden">>{}, Dense<2, name<"logits">>{}};
#if !defined(REPAIR)
auto layer = net.get_layer<"hiden">();
#else
auto layer = net.get_layer<"hidden">();
#endif
