// Calls: bind(...) of another number of weights.
// at: bind(weights)
// expects: 3 weights
// got: 2 values
// fix: give all weights, in weights() order
#include <array>

#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<2>{}, Dense<1>{}}.bind(std::array{2.0f, 1.0f});
#else
auto model = Sequential{Input<2>{}, Dense<1>{}}.bind(std::array{2.0f, 1.0f, 0.5f});
#endif
