// Training: fit of values without labels.
// at: fit or evaluate, arguments
// expects: one Dataset, which holds samples and labels, then options in braces
// got: values without a shape
// fix: write Dataset<float, shape{...}, int> data; data.push_back(sample, label);
#include <vector>

#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
auto trainer = compile(model, Adam{}, MeanSquaredError{});
#if !defined(REPAIR)
auto history = trainer.fit(std::vector<float>(4));
#else
Dataset<float, shape{4}, float, shape{2}> data;
History train() { return trainer.fit(data); }
#endif
