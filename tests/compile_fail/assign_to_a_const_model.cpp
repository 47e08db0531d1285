// Weights: an assignment to a const model.
// at: assign, of a weight
// expects: a model whose weights can be written
// got: a const model
// fix: take const away from the model
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

constexpr auto net = Sequential{Input<4>{}, Dense<2>{}};
#if !defined(REPAIR)
void fill(const decltype(net.build())& model) { model.weights()[0].assign(std::vector<float>(8)); }
#else
void fill(decltype(net.build())& model) { model.weights()[0].assign(std::vector<float>(8)); }
#endif
