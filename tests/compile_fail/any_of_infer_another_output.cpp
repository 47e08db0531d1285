// Calls: infer of an any_of whose nets have outputs of several shapes.
// at: infer
// expects: nets of one output shape
// got: (1) and, of net 2 (two), (2)
// fix: give all nets one shape, or write visit([](auto& model) { ... })
#include <array>

#include <strata/infer.hpp>

using namespace strata;

using one = Sequential<Input<2>, Dense<1>, name<"one">>;
using two = Sequential<Input<2>, Dense<2>, name<"two">>;
using other = Sequential<Input<2>, Dense<4>, Dense<1>>;

#if !defined(REPAIR)
void f(const any_of<one, two>& model, any_of<one, two>::workspace_type& workspace) {
#else
void f(const any_of<one, other>& model, any_of<one, other>::workspace_type& workspace) {
#endif
    std::array<float, 1> y{};
    model.infer(std::array{1.0f, 2.0f}, y, workspace);
}
