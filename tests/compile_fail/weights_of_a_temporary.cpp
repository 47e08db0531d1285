// Lifetimes: weights of a model that nobody holds.
// at: weights()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.weights()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto weights = net.build().weights();
#else
auto model = net.build();
auto weights = model.weights();
#endif
