// Training: fit(...) through an Elementwise whose function takes scalars alone, and so has no derivative.
// at: Elementwise, layer 2 of 2
// expects: a gradient, as layers before it are trained
// got: a layer that gives none
// fix: give its function `auto operator()(auto x) const`, or write backward, or freeze them
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
struct twice {
    constexpr float operator()(float x) const { return x + x; }
};
auto model = Sequential{Input<4>{}, Dense<3>{}, Elementwise<twice>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#else
struct twice {
    constexpr auto operator()(auto x) const { return x + x; }
};
auto model = Sequential{Input<4>{}, Dense<3>{}, Elementwise<twice>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#endif
