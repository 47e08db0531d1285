// Lifetimes: the layers of a model that nobody holds.
// at: layers()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.layers()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto layers = net.build().layers();
#else
auto model = net.build();
auto layers = model.layers();
#endif
