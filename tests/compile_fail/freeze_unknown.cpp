// Names: freeze(...) of a layer that is not there.
// at: freeze, unfreeze
// expects: one of hidden, logits
// got: no layer hiden
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<8, name<"hidden">>{}, Dense<2, name<"logits">>{}};
#if !defined(REPAIR)
auto rest = freeze<"hiden">(net);
#else
auto rest = freeze<"hidden">(net);
#endif
