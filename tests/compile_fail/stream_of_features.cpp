// Streams: a net whose input has no time axis.
// at: a stream of this net
// expects: an input of (steps, ...)
// got: (16)
// fix: write Input<steps, features>
#include <strata/infer.hpp>

using namespace strata;

#if !defined(REPAIR)
constexpr auto facts = Sequential{Input<16>{}, Dense<4>{}}.stream();
#else
constexpr auto facts = Sequential{Input<10, 16>{}, Dense<4>{}}.stream();
#endif
