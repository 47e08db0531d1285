// idx: reads files in MNIST's IDX format of unsigned bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace digits {

/// The bytes of an IDX file whose items have `item_size` bytes each, the header taken off. Throws std::runtime_error
/// for a file that is missing, no IDX file of bytes, or of another size than its header says.
inline std::vector<std::uint8_t> read_idx(const std::filesystem::path& file, std::size_t item_size) {
    const auto fail = [&](const std::string& why) -> void { throw std::runtime_error(file.string() + ": " + why); };
    std::ifstream in(file, std::ios::binary);
    if (!in) fail("cannot be opened; give the folder that holds it as the first argument");
    std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    constexpr std::uint8_t unsigned_byte = 8;
    if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != unsigned_byte)
        fail("is no IDX file of bytes");
    const std::size_t header = 4 + std::size_t{4} * bytes[3];
    if (bytes.size() < header) fail("ends within its header");
    std::size_t announced = 1;
    for (std::size_t i = 4; i < header; i += 4)
        announced *= (std::size_t{bytes[i]} << 24) + (std::size_t{bytes[i + 1]} << 16) +
                     (std::size_t{bytes[i + 2]} << 8) + bytes[i + 3];
    if (announced != bytes.size() - header)
        fail("announces " + std::to_string(announced) + " bytes, has " + std::to_string(bytes.size() - header));
    if (announced % item_size != 0) fail("does not hold items of " + std::to_string(item_size) + " bytes");
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
    return bytes;
}

}  // namespace digits
