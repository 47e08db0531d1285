// Calls: state_dict, as PyTorch has it.
// at: model.state_dict(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: write model.weights(), or model.save_weights(file)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
auto weights = model.state_dict();
#else
auto weights = model.weights();
#endif
