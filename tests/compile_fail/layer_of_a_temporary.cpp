// Lifetimes: a layer of a model that nobody holds.
// at: get_layer<"dense">()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.get_layer<"dense">()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto kernel = net.build().get_layer<"dense">().kernel();
#else
auto model = net.build();
auto kernel = model.get_layer<"dense">().kernel();
#endif
