// A .nam file of Neural Amp Modeler.
#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("net.nam", fuzz::text_of(data, size));
    fuzz::convert_or_refuse([&] { return convert::read_nam(file, {}); });
    return 0;
}
