// Lifetimes: features of a model that nobody holds.
// at: features()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.features()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
auto y = net.build().features()(ones<1, 4>());
#else
auto model = net.build();
auto y = model.features()(ones<1, 4>());
#endif
