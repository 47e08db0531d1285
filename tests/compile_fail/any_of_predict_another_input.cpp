// Calls: predict of an any_of whose nets have inputs of several shapes.
// at: predict
// expects: nets of one input shape
// got: (2) and, of net 2 (three), (3)
// fix: give all nets one shape, or write visit([](auto& model) { ... })
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

using two = Sequential<Input<2>, Dense<1>, name<"two">>;
using three = Sequential<Input<3>, Dense<1>, name<"three">>;

#if !defined(REPAIR)
std::vector<float> f(const any_of<two, three>& model, const std::vector<float>& x) { return model.predict(x); }
#else
std::vector<float> f(const any_of<two, three>& model, const std::vector<float>& x) {
    return model.visit([&](const auto& present) { return present.predict(x); });
}
#endif
