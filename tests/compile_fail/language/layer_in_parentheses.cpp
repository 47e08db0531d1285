// Sizes in parentheses.
// means: sizes are known when the program is compiled: they and the options stand in `<>`, and `{}` ends the layer.
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
auto model = Sequential{Input(4), Dense(8)}.build();
#else
auto model = Sequential{Input<4>{}, Dense<8>{}}.build();
#endif
