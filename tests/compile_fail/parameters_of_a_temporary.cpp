// Lifetimes: parameters of a model that nobody holds.
// at: parameters()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.parameters()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto parameters = net.build().parameters();
#else
auto model = net.build();
auto parameters = model.parameters();
#endif
