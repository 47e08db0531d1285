// Layers: reset_after on a recurrent layer other than GRU.
// at: simple_rnn (SimpleRNN), layer 1 of 1
// expects: an activation, recurrent_activation<...>, return_sequences, go_backwards, stateful, no_bias,
// expects: kernel_initializer<...>, recurrent_initializer<...>, bias_initializer<...>, kernel_regularizer<...>,
// expects: recurrent_regularizer<...>, bias_regularizer<...>, name<"...">, frozen, input_shape<...>
// got: reset_after<...>
// fix: take reset_after<...> out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<5, 3>{}, SimpleRNN<4, reset_after<false>>{}}.build();
#else
auto model = Sequential{Input<5, 3>{}, GRU<4, reset_after<false>>{}}.build();
#endif
