// Lifetimes: features up to a layer of a model that nobody holds.
// at: features<"dense">()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.features<"dense">()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto features = net.build().features<"dense">();
#else
auto model = net.build();
auto features = model.features<"dense">();
#endif
