// Weights of a file that stays where it is. The first byte says which kind of file the others are, or that they are
// changes of bytes of a good block: offset (two bytes), value.
#include "weights.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    if (data[0] % 4 == 3) {
        std::string block = fuzz::good_block();
        for (std::size_t i = 0; i + 3 <= bytes.size(); i += 3)
            block[(data[1 + i] * 256u + data[2 + i]) % block.size()] = static_cast<char>(data[3 + i]);
        fuzz::bind_weights(fuzz::write("weights.block", block));
    } else {
        constexpr const char* names[] = {"weights.npy", "weights.safetensors", "weights.bin"};
        fuzz::bind_weights(fuzz::write(names[data[0] % 4], bytes));
    }
    return 0;
}
