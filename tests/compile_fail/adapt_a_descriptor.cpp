// Training: adapt of a layer that has no weights yet.
// at: adapt, layer
// expects: a Normalization of a model, then values
// got: something else in the layer's place
// fix: write adapt(model.get_layer<"normalization">(), values)
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Normalization<>{}, Dense<2>{}}.build();
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
void find() { adapt(Normalization<>{}, data.inputs()); }
#else
void find() { adapt(model.get_layer<"normalization">(), data.inputs()); }
#endif
