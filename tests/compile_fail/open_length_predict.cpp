// Streams: predict of a net whose number of steps is open.
// at: predict
// expects: a net that states its number of steps
// got: Input<any, ...>, which leaves it open
// fix: write Input<steps, ...>, or step the net: model.stream()
#include <vector>

#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<any, 2>{}, LSTM<4>{}}.build();
auto y = model.predict(std::vector<float>(2));
#else
auto model = Sequential{Input<1, 2>{}, LSTM<4>{}}.build();
auto y = model.predict(std::vector<float>(2));
#endif
