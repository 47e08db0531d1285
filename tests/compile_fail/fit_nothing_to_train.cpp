// Training: fit(...) of a model whose layers are all frozen.
// at: fit
// expects: a model with weights that are trained
// got: none: all are frozen, or there are none
// fix: unfreeze a layer, or add one
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<4>{}, Dense<3, frozen>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#else
auto model = Sequential{Input<4>{}, Dense<3>{}}.build();
auto history = compile(model, SGD{}, MeanSquaredError{}).fit(Dataset<float, shape{4}, float, shape{3}>{});
#endif
