// Options: a layer among the options of another.
// at: conv2d (Conv2D), layer 1 of 1
// expects: an activation, strides<...>, padding::..., dilation<...>, groups<...>, algorithm::..., no_bias,
// expects: kernel_initializer<...>,
// expects: bias_initializer<...>, kernel_regularizer<...>, bias_regularizer<...>, name<"...">, frozen, input_shape<...>
// got: something that is no option
// fix: take it out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3, Dropout<0.2>>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<8, 3>{}, Dropout<0.2>{}}.build();
#endif
