// Training: a loss of sound for a net whose output has no steps.
// at: PreEmphasizedSquaredError, of the output
// expects: an output (steps, channels)
// got: (1)
// fix: end the net with a layer that gives sequences
#include <strata/strata.hpp>

using namespace strata;

constexpr PreEmphasizedSquaredError loss{};
#if !defined(REPAIR)
auto model = Sequential{Input<5, 1>{}, LSTM<4>{}, Dense<1>{}}.build();
#else
auto model = Sequential{Input<5, 1>{}, LSTM<4, return_sequences>{}, Dense<1>{}}.build();
#endif
auto trainer = compile(model, SGD{}, loss);
