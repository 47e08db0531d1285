// Input: any as another size than the number of steps.
// at: item 1 of 2
// expects: any as the first size alone, the number of steps
// got: any as another size
// fix: write Input<any, features>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input<8, any>{}, LSTM<4>{}}.build();
#else
auto model = Sequential{Input<any, 8>{}, LSTM<4>{}}.build();
#endif
