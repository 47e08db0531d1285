// Calls: save of a net with a layer that Keras does not have.
// at: save
// expects: layers and settings that Keras has
// got: WaveNet
// fix: save the weights alone: model.save_weights(file)
#include <strata/strata.hpp>

using namespace strata;

auto model = nam::A1Nano::build();
#if !defined(REPAIR)
void save() { model.save("model.keras"); }
#else
void save() { model.save_weights("model.safetensors"); }
#endif
