// drawing: pictures of 8x8 pixels side by side in the terminal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace digits {

inline constexpr std::size_t side = 8;
inline constexpr unsigned brightest = 16;

/// One picture and the line below it, at most 16 columns long.
struct picture {
    std::span<const std::uint8_t, side * side> pixels;
    std::string caption;
};

/// The pictures in one row; a pixel is two columns wide, so that it is about square.
inline std::string draw(std::span<const picture> row) {
    constexpr std::array shades{"  ", "░░", "▒▒", "▓▓", "██"};
    std::string result;
    for (std::size_t y = 0; y < side; ++y) {
        for (const picture& each : row) {
            for (std::size_t x = 0; x < side; ++x)
                result += shades[each.pixels[y * side + x] * (shades.size() - 1) / brightest];
            result += "  ";
        }
        result += '\n';
    }
    for (const picture& each : row) {
        result += each.caption;
        result.append(2 * side + 2 - each.caption.size(), ' ');
    }
    return result + '\n';
}

}  // namespace digits
