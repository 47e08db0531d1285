// Static assertions: the type of a layer that is not there.
// at: a layer by name
// expects: one of hidden, logits
// got: no layer hiden
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<8, name<"hidden">>{}, Dense<2, name<"logits">>{}};
#if !defined(REPAIR)
static_assert(sizeof(decltype(net.get_layer<"hiden">())) > 0);
#else
static_assert(sizeof(decltype(net.get_layer<"hidden">())) > 0);
#endif
