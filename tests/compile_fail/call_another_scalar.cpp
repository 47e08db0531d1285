// Calls: a model of float with a batch of double.
// at: a call of sequential
// expects: a batch of float
// got: double
// fix: convert it, or build the net for that type
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto y = model(Tensor<double, 1, 4>{});
#else
auto model = Sequential{Input<4>{}, Dense<2>{}}.build<double>();
auto y = model(Tensor<double, 1, 4>{});
#endif
