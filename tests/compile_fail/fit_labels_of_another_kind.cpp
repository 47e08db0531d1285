// Training: float targets for a loss of class indices.
// at: SparseCategoricalCrossentropy, labels
// expects: int labels, one a sample
// got: float targets of shape (3)
// fix: use Dataset<T, shape, int>, or another loss
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<3>{}}.build();
auto trainer = compile(model, SGD{}, SparseCategoricalCrossentropy{.from_logits = true});
#if !defined(REPAIR)
auto history = trainer.fit(Dataset<float, shape{4}, float, shape{3}>{});
#else
auto history = trainer.fit(Dataset<float, shape{4}, int>{});
#endif
