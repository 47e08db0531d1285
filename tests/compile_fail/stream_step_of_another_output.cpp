// Streams: a step with another number of outputs.
// at: a step of a stream, output
// expects: 4 output values
// got: 8
// fix: give a span of all steps
#include <array>

#include <strata/infer.hpp>

using namespace strata;

const auto model = Sequential{Input<5, 3>{}, LSTM<4>{}}.build();
auto stream = model.stream();
std::array<float, 3> x{};
std::array<float, 4> y{};
std::array<float, 8> others{};

#if !defined(REPAIR)
void run() { stream.step(x, others); }
#else
void run() { stream.step(x, y); }
#endif
