// Weights: values of another type of numbers.
// at: assign, of a weight
// expects: values of float
// got: values of double
// fix: convert the values, as std::vector<float>(x.begin(), x.end()) does
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
std::vector<double> x(8);
#if !defined(REPAIR)
void fill() { model.weights()[0].assign(x); }
#else
void fill() { model.weights()[0].assign(std::vector<float>(x.begin(), x.end())); }
#endif
