// Calls: infer(...) with an input of another size.
// at: infer, input
// expects: 4 input values
// got: 5
// fix: give a span of one sample
#include <array>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void run(std::array<float, 5>& in, std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#else
void run(std::array<float, 4>& in, std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#endif
