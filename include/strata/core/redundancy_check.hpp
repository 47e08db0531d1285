// redundancy_check: cyclic redundancy checks of any width, byte by byte.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>

namespace strata::internal {

/// A check by its polynomial, reflected, as wide as Word. The state begins with all bits set; its complement is the
/// check.
template <std::unsigned_integral Word, Word Polynomial>
struct redundancy_check {
    static constexpr Word begin = static_cast<Word>(~Word{0});

    /// The state after `count` bytes more.
    static Word after(Word state, const void* bytes, std::size_t count) {
        static constexpr std::array<Word, 256> table = make_table();  // made where a program calls this
        const auto* from = static_cast<const unsigned char*>(bytes);
        for (std::size_t i = 0; i < count; ++i) state = table[(state ^ from[i]) & 0xff] ^ (state >> 8);
        return state;
    }

private:
    static constexpr std::array<Word, 256> make_table() {
        std::array<Word, 256> result{};
        for (std::size_t i = 0; i < result.size(); ++i) {
            Word value = static_cast<Word>(i);
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? Polynomial : Word{0});
            result[i] = value;
        }
        return result;
    }
};

}  // namespace strata::internal
