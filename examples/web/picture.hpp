// picture: strokes of a pen become the picture that the net reads, made as the pictures that it was trained on.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace web {

/// The picture is side x side values from 0 (paper) to 1 (ink), row by row.
inline constexpr std::size_t side = 24;
using picture = std::array<float, side * side>;

/// A digit's longer edge, with its ink, and the width of a stroke, in pixels of the picture: the mean of the training
/// pictures.
inline constexpr float digit_extent = 18.0f, stroke_width = 2.2f;

/// A position of the pen. Positions of one stroke are joined; its last one is marked.
struct position {
    float x, y;
    bool ends_stroke;
};

/// The distance of a point from the line between two others.
inline float distance(float x, float y, const position& a, const position& b) {
    const float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    const float along = length > 0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / length, 0.0f, 1.0f) : 0.0f;
    const float right = x - a.x - along * dx, down = y - a.y - along * dy;
    return std::sqrt(right * right + down * down);
}

/// Draws strokes, whose positions are in pixels of the picture. A pixel's value falls from 1 to 0 over the width of one
/// pixel at the edge of a stroke, as its covered part does.
inline void draw(std::span<const position> strokes, picture& to) {
    to.fill(0);
    const float reach = stroke_width / 2 + 0.5f;
    const auto pixel = [](float at) {
        return static_cast<std::size_t>(std::clamp(at, 0.0f, static_cast<float>(side - 1)));
    };
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        const bool is_first = i == 0 || strokes[i - 1].ends_stroke;
        if (is_first && !strokes[i].ends_stroke) continue;  // the next position draws the line from this one
        const position& a = strokes[is_first ? i : i - 1];
        const position& b = strokes[i];
        const std::size_t top = pixel(std::min(a.y, b.y) - reach), bottom = pixel(std::max(a.y, b.y) + reach);
        const std::size_t left = pixel(std::min(a.x, b.x) - reach), right = pixel(std::max(a.x, b.x) + reach);
        for (std::size_t y = top; y <= bottom; ++y)
            for (std::size_t x = left; x <= right; ++x) {
                const float away = distance(static_cast<float>(x), static_cast<float>(y), a, b);
                float& value = to[y * side + x];
                value = std::max(value, std::clamp(reach - away, 0.0f, 1.0f));
            }
    }
}

/// The centre of the ink.
struct centre {
    float x, y;
};
inline centre centre_of_mass(const picture& of) {
    float sum = 0, x_sum = 0, y_sum = 0;
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            const float value = of[y * side + x];
            sum += value;
            x_sum += value * static_cast<float>(x);
            y_sum += value * static_cast<float>(y);
        }
    return sum > 0 ? centre{x_sum / sum, y_sum / sum} : centre{(side - 1) / 2.0f, (side - 1) / 2.0f};
}

/// The picture of strokes in any unit: their box is scaled to digit_extent, and their centre of mass is moved to the
/// middle, as NIST's digits are. `strokes` is overwritten.
inline void draw_digit(std::span<position> strokes, picture& to) {
    to.fill(0);
    if (strokes.empty()) return;
    const auto [left, right] =
        std::minmax_element(strokes.begin(), strokes.end(), [](auto& a, auto& b) { return a.x < b.x; });
    const auto [top, bottom] =
        std::minmax_element(strokes.begin(), strokes.end(), [](auto& a, auto& b) { return a.y < b.y; });
    const float x_middle = (left->x + right->x) / 2, y_middle = (top->y + bottom->y) / 2;
    const float extent = std::max(right->x - left->x, bottom->y - top->y);
    const float scale = extent > 0 ? (digit_extent - stroke_width) / extent : 0.0f;
    constexpr float middle = (side - 1) / 2.0f;
    for (position& each : strokes) {
        each.x = (each.x - x_middle) * scale + middle;
        each.y = (each.y - y_middle) * scale + middle;
    }
    draw(strokes, to);
    const centre found = centre_of_mass(to);
    for (position& each : strokes) {
        each.x += middle - found.x;
        each.y += middle - found.y;
    }
    draw(strokes, to);
}

}  // namespace web
