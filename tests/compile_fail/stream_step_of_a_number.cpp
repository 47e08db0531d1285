// Streams: a step of one number.
// at: a step of a stream
// expects: spans of one input and of one output
// got: a number
// fix: write stream.step(x, y), of one value std::span(&x, 1)
#include <span>

#include <strata/infer.hpp>

using namespace strata;

const auto model = Sequential{Input<any, 1>{}, LSTM<4, return_sequences>{}, Dense<1>{}}.build();
auto stream = model.stream();
float x = 0.5f, y = 0.0f;
#if !defined(REPAIR)
void run() { y = stream.step(x); }
#else
void run() { stream.step(std::span(&x, 1), std::span(&y, 1)); }
#endif
