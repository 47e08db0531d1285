// Training: fit(...) on targets of another shape.
// at: MeanSquaredError, labels
// expects: targets of shape (3)
// got: float targets of shape (2)
// fix: give targets of the output's shape, or int labels to a sparse loss
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<3>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{});
#if !defined(REPAIR)
auto history = trainer.fit(Dataset<float, shape{4}, float, shape{2}>{});
#else
auto history = trainer.fit(Dataset<float, shape{4}, float, shape{3}>{});
#endif
