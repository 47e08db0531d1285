// Options: a type that is no option.
// at: max_pooling2d (MaxPooling2D), layer 1 of 1
// expects: strides<...>, padding::..., dilation<...>, pads<...>, name<"...">, frozen, input_shape<...>
// got: something that is no option
// fix: take it out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, MaxPooling2D<2, float>{}}.build();
#else
auto model = Sequential{Input<28, 28, 1>{}, MaxPooling2D<2>{}}.build();
#endif
