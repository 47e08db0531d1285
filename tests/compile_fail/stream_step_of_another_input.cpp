// Streams: a step with another number of inputs.
// at: a step of a stream, input
// expects: 3 input values
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
void run() { stream.step(others, y); }
#else
void run() { stream.step(x, y); }
#endif
