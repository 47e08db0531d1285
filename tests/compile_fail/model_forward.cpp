// Calls: forward, as PyTorch has it.
// at: model.forward(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: write model(x), or model.predict(values)
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto y = model.forward(ones<1, 4>());
#else
auto y = model(ones<1, 4>());
#endif
