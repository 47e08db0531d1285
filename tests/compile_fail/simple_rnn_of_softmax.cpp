// Layers: SimpleRNN with an activation of rows.
// at: simple_rnn (SimpleRNN), layer 1 of 1
// expects: activations of single values, such as Tanh
// got: one that is none, such as Softmax
// fix: put it after the layer, as a layer of its own
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, SimpleRNN<4, Softmax>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, SimpleRNN<4>{}, Softmax{}}.build();
#endif
