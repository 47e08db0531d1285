// Weights in a .safetensors file.
#include "weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::load_weights(fuzz::write("weights.safetensors", fuzz::text_of(data, size)));
    return 0;
}
