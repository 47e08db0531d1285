// Calls: infer(...) of another type of numbers.
// at: infer, input
// expects: values of float
// got: values of double
// fix: convert the values, or build the net for their type
#include <array>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void run(std::array<double, 4>& in, std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#else
void run(std::array<float, 4>& in, std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#endif
