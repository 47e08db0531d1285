// Calls: build_for(x) of a vector.
// at: build_for
// expects: a batch of samples, a Tensor
// got: values without a shape
// fix: write build_for(ones<1, ...>()), or put Input<...> first and call build()
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

std::vector<float> x(4);
#if !defined(REPAIR)
auto model = Sequential{Dense<2>{}}.build_for(x);
#else
auto model = Sequential{Dense<2>{}}.build_for(ones<1, 4>());
#endif
