// Calls: infer with a workspace that has no name.
// at: infer
// expects: an input, an output and a workspace that has a name
// got: values without a shape, values without a shape, something else
// fix: auto workspace = model.workspace(); then infer(x, y, workspace)
#include <array>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
std::array<float, 4> x{};
std::array<float, 2> y{};
#if !defined(REPAIR)
void infer() { model.infer(x, y, model.workspace()); }
#else
auto workspace = model.workspace();
void infer() { model.infer(x, y, workspace); }
#endif
