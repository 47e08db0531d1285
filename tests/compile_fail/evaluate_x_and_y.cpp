// Training: evaluate(x, y).
// at: evaluate, arguments
// expects: one Dataset, which holds samples and labels, then options in braces
// got: values without a shape, values without a shape
// fix: write Dataset<float, shape{...}, int> data; data.push_back(sample, label);
#include <vector>

#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
std::vector<float> x(4), y(2);
#if !defined(REPAIR)
auto scores = trainer.evaluate(x, y);
#else
Dataset<float, shape{4}, float, shape{2}> data;
Scores evaluate() { return trainer.evaluate(data); }
#endif
