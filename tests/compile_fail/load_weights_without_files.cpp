// Calls: weights loaded where only inference is included.
// at: load_weights
// expects: the headers that read and write files
// got: a program without them
// fix: write #include <strata/strata.hpp>, or <strata/io/weights.hpp> and <strata/io/state.hpp>
#include <strata/infer.hpp>
#if defined(REPAIR)
#include <strata/io/weights.hpp>
#endif

using namespace strata;

auto model = Sequential{Input<4>{}, Dense<2>{}}.build();
#if !defined(REPAIR)
void load() { model.load_weights("model.safetensors"); }
#else
void load() { model.load_weights("model.safetensors"); }
#endif
