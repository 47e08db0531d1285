// Options: an option that the layer does not take.
// at: dense (Dense), layer 1 of 1
// expects: an activation, no_bias, kernel_initializer<...>, bias_initializer<...>,
// expects: kernel_regularizer<...>, bias_regularizer<...>, name<"...">, frozen, input_shape<...>
// got: strides<...>
// fix: take strides<...> out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2, strides<2>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2, no_bias>{}}.build();
#endif
