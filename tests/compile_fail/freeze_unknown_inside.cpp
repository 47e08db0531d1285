// Names: freeze(...) of a layer that is not in a Residual.
// at: freeze, unfreeze
// expects: one of block/dense, block/dense_1
// got: no layer block/dense_2
// fix: ask for a name that summary() shows
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Residual{name<"block">{}, Dense<4, ReLU>{}, Dense<4>{}}};
#if !defined(REPAIR)
auto rest = freeze<"block/dense_2">(net);
#else
auto rest = freeze<"block/dense_1">(net);
#endif
