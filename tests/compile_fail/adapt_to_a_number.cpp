// Training: adapt to a value that is no sequence of numbers.
// at: adapt, samples
// expects: the values of samples, a vector or a span
// got: something else
// fix: give numbers that follow each other
#include <array>

#include <strata/strata.hpp>

using namespace strata;

auto model = Sequential{Input<4>{}, Normalization<>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void find() { adapt(model.get_layer<"normalization">(), 1.0f); }
#else
void find() { adapt(model.get_layer<"normalization">(), std::array{1.0f, 2.0f, 3.0f, 4.0f}); }
#endif
