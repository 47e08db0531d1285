// Calls: infer(...) into values that are const.
// at: infer, output
// expects: values of float that can be written
// got: const values of float
// fix: give a span of the model's type, without const
#include <array>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void run(const std::array<float, 4>& in, const std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#else
void run(const std::array<float, 4>& in, std::array<float, 2>& out) {
    auto workspace = model.workspace();
    model.infer(in, out, workspace);
}
#endif
