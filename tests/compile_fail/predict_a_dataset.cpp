// Calls: predict of a Dataset.
// at: predict
// expects: the values of any number of samples, a vector or a span
// got: a Dataset
// fix: write predict(values), of a Dataset predict(data.inputs())
#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
Dataset<float, shape{4}, float, shape{2}> data;
#if !defined(REPAIR)
auto y = model.predict(data);
#else
auto y = model.predict(data.inputs());
#endif
