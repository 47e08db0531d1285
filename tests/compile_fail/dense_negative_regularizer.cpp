// Layers: a regularizer with a negative factor.
// at: dense (Dense), layer 1 of 1
// expects: regularizers with factors of at least 0
// got: a factor that is negative, infinite or NaN
// fix: write L2<0.01>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2, kernel_regularizer<L2<-0.01>>>{}}.build();
#else
auto model = Sequential{Input<4>{}, Dense<2, kernel_regularizer<L2<0.01>>>{}}.build();
#endif
