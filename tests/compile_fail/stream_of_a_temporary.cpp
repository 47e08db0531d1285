// Lifetimes: a stream of a model that nobody holds.
// at: stream()
// expects: a model that lives longer than the result, which refers to its weights
// got: a temporary model
// fix: name the model: auto model = net.build(); then model.stream()
#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<8, 4>{}, LSTM<2>{}};
#if !defined(REPAIR)
auto stream = net.build().stream();
#else
auto model = net.build();
auto stream = model.stream();
#endif
