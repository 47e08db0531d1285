// Layers: Conv1D without filters.
// at: conv1d (Conv1D), layer 1 of 1
// expects: at least 1 filter
// got: Conv1D<0, ...>
// fix: write Conv1D<filters, k>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<9, 2>{}, Conv1D<0, 3>{}}.build();
#else
auto model = Sequential{Input<9, 2>{}, Conv1D<8, 3>{}}.build();
#endif
