// Training: fit(...) through an Elementwise whose function has no derivative.
// at: Elementwise, layer 2 of 2
// expects: a gradient, as layers before it are trained
// got: a function without a derivative
// fix: give it `static derivative(x)`, or freeze them
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
struct twice {
    constexpr auto operator()(auto x) const { return x + x; }
};
auto model = Sequential{Input<4>{}, Dense<3>{}, Elementwise<twice>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#else
struct twice {
    constexpr auto operator()(auto x) const { return x + x; }
    static constexpr auto derivative(auto x) { return x - x + 2; }
};
auto model = Sequential{Input<4>{}, Dense<3>{}, Elementwise<twice>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#endif
