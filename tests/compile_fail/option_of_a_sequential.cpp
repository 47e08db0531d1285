// Options: an option that a Sequential does not take.
// at: the options of a Sequential
// expects: memory::..., name<"...">, frozen, input_shape<...>
// got: strides<...>
// fix: take strides<...> out of its options
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, strides<2>{}, Dense<2>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#endif
