// Calls: a call with a vector.
// at: a call of sequential
// expects: a Tensor of shape (batch, 4)
// got: values without a shape
// fix: write model(Tensor<float, 1, ...>(x)), or model.predict(x) for a vector or a span
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
std::vector<float> x(4);
#if !defined(REPAIR)
auto y = model(x);
#else
auto y = model.predict(x);
#endif
