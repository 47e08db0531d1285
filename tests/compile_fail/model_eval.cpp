// Calls: eval, as PyTorch has it.
// at: model.eval(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: leave it out: a trainer trains, a model infers
#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto mode = model.eval();
#else
auto y = model(ones<1, 4>());
#endif
