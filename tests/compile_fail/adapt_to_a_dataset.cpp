// Training: adapt of a Dataset.
// at: adapt, samples
// expects: the values of samples, a vector or a span
// got: a Dataset
// fix: write data.inputs() for the data
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Normalization<>{}, Dense<2>{}}.build();
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
void find() { adapt(model.get_layer<"normalization">(), data); }
#else
void find() { adapt(model.get_layer<"normalization">(), data.inputs()); }
#endif
