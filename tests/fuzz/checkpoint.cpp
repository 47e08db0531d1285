// A checkpoint of a training. The first byte says whether the others are a file, or changes of bytes of a good one:
// offset (two bytes), value. The checksum is made right, so that what comes after it is reached.
#include <strata/io/checksum.hpp>

#include "weights.hpp"

namespace {

/// After the header's length.
constexpr std::string_view first_key = "{\"__metadata__\":{\"checksum\":\"";
constexpr std::size_t digits = 8 + first_key.size(), digit_count = 16;

void correct_checksum(std::string& bytes) {
    if (bytes.size() < digits + digit_count || bytes.compare(8, first_key.size(), first_key) != 0) return;
    bytes.replace(digits, digit_count, std::string(digit_count, '0'));
    strata::io::checksum sum;
    sum.add(bytes.data(), bytes.size());
    bytes.replace(digits, digit_count, sum.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string bytes;
    if ((data[0] & 1) != 0) {
        bytes = fuzz::text_of(data + 1, size - 1);
    } else {
        bytes = fuzz::good_checkpoint();
        for (std::size_t i = 1; i + 3 <= size; i += 3)
            bytes[(data[i] * 256u + data[i + 1]) % bytes.size()] = static_cast<char>(data[i + 2]);
    }
    correct_checksum(bytes);
    const bool is_loaded = fuzz::load_checkpoint(fuzz::write("checkpoint.safetensors", bytes));
    if (size == 1 && (data[0] & 1) == 0 && !is_loaded) fuzz::fail("a good checkpoint is refused");
    return 0;
}
