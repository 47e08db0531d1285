// Calls: save of a whole model.
// at: model.save(...)
// expects: another spelling
// got: a member that models of other libraries have
// fix: write model.save_weights(file); the net is in the program
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void save() { model.save("model.keras"); }
#else
void save() { model.save_weights("model.safetensors"); }
#endif
