// Layers: Bidirectional around a layer that goes backwards.
// at: bidirectional (Bidirectional), layer 1 of 1
// expects: a layer that reads steps forwards inside
// got: go_backwards
// fix: take go_backwards out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, Bidirectional<LSTM<4, go_backwards>>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, Bidirectional<LSTM<4>>{}}.build();
#endif
