// picture: handwritten digits of 8x8 pixels as the 28x28 values that the net takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace digits {

inline constexpr std::size_t small_side = 8, large_side = 28, border = 2, enlargement = 3;
inline constexpr std::size_t small_size = small_side * small_side, large_size = large_side * large_side;
inline constexpr float brightest_pixel = 16.0f;
static_assert(small_side * enlargement + 2 * border == large_side);

/// Each pixel as 3x3 values from 0 to 1, in a border of zeros.
constexpr void enlarge(std::span<const std::uint8_t, small_size> pixels, std::span<float, large_size> values) {
    for (float& value : values) value = 0.0f;
    for (std::size_t row = 0; row < small_side * enlargement; ++row)
        for (std::size_t column = 0; column < small_side * enlargement; ++column)
            values[(row + border) * large_side + column + border] =
                static_cast<float>(pixels[row / enlargement * small_side + column / enlargement]) / brightest_pixel;
}

}  // namespace digits
