// Training: R2Score of an output that is an image.
// at: R2Score, of the output
// expects: an output of one axis
// got: (26, 26, 3)
// fix: end the net with Flatten<> or a Dense layer after it
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<3, 3>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{}, R2Score{});
#else
auto model = Sequential{Input<28, 28, 1>{}, Conv2D<3, 3>{}, Flatten<>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{}, R2Score{});
#endif
