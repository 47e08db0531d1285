// Layers: GRU without units.
// at: gru (GRU), layer 1 of 1
// expects: at least 1 unit
// got: GRU<0>
// fix: write GRU<units>, units >= 1
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, GRU<0>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, GRU<2>{}}.build();
#endif
