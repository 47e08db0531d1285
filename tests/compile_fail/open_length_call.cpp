// Streams: a call of a net whose number of steps is open.
// at: a call of a model
// expects: a net that states its number of steps
// got: Input<any, ...>, which leaves it open
// fix: write Input<steps, ...>, or step the net: model.stream()
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, LSTM<4>{}}.build();
auto y = model(ones<1, 1, 2>());
#else
auto model = Sequential{Input<1, 2>{}, LSTM<4>{}}.build();
auto y = model(ones<1, 1, 2>());
#endif
