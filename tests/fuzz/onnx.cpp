// A model of ONNX.
#include "conversion.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::write("net.onnx", fuzz::text_of(data, size));
    convert::remarks notes;
    fuzz::convert_or_refuse([&] { return convert::read_onnx(file, {}, notes); });
    return 0;
}
