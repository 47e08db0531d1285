// Streams: training of a net whose number of steps is open.
// at: compile
// expects: a net that states its number of steps
// got: Input<any, ...>, which leaves it open
// fix: write Input<steps, ...>, or step the net: model.stream()
#include <strata/strata.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, LSTM<4>{}, Dense<1>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{});
#else
auto model = Sequential{Input<1, 2>{}, LSTM<4>{}, Dense<1>{}}.build();
auto trainer = compile(model, SGD{}, MeanSquaredError{});
#endif
