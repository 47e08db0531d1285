// board: where the example writes its text, and how it ends. A product has a display or a serial port there.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace board {

/// Writes text that ends with a zero.
void write(const char* text);
/// Ends the program; 0 says that all is well.
[[noreturn]] void leave(int code);

/// Writes the bits of a number, so that none is lost, without printf.
inline void write_bits(float value) {
    constexpr std::size_t digits = 8, bits_of_digit = 4;
    std::array<char, digits + 1> text{};
    auto bits = std::bit_cast<std::uint32_t>(value);
    for (std::size_t i = digits; i-- > 0; bits >>= bits_of_digit) text[i] = "0123456789abcdef"[bits & 15];
    write(text.data());
}

/// Writes a number that is not negative.
inline void write_number(int value) {
    std::array<char, 12> text{};
    std::size_t begin = text.size() - 1;
    do {
        text[--begin] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value > 0);
    write(text.data() + begin);
}

}  // namespace board
