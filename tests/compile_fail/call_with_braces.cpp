// Calls: a call with values in braces.
// at: a call of sequential
// expects: a Tensor of shape (batch, 4)
// got: values without a shape
// fix: write model(Tensor<float, 1, ...>(x)), or model.predict(x) for a vector or a span
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto y = model({0.5f, 1.0f, 0.0f, 2.0f});
#else
auto y = model.predict({0.5f, 1.0f, 0.0f, 2.0f});
#endif
