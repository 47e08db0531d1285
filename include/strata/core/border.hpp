// border and ends: the rows, columns or steps that padding adds and cropping removes.
#pragma once

#include <strata/core/text.hpp>

namespace strata {

/// Rows and columns around an image: `2` on every side, or `border{top, bottom, left, right}`.
struct border {
    int top = 0;
    int bottom = 0;
    int left = 0;
    int right = 0;

    constexpr border(int all) : top(all), bottom(all), left(all), right(all) {}
    constexpr border(int t, int b, int l, int r) : top(t), bottom(b), left(l), right(r) {}
    constexpr bool is_negative() const { return top < 0 || bottom < 0 || left < 0 || right < 0; }
    friend constexpr bool operator==(const border&, const border&) = default;
};

/// Steps at the two ends of a sequence: `2` at both, or `ends{before, after}`.
struct ends {
    int before = 0;
    int after = 0;

    constexpr ends(int both) : before(both), after(both) {}
    constexpr ends(int b, int a) : before(b), after(a) {}
    /// As the border of an image of one column.
    constexpr border as_border() const { return {before, after, 0, 0}; }
    friend constexpr bool operator==(const ends&, const ends&) = default;
};

constexpr text<64> to_text(const border& b) {
    return text<64>("border{") << b.top << ", " << b.bottom << ", " << b.left << ", " << b.right << "}";
}
constexpr text<64> to_text(const ends& e) { return text<64>("ends{") << e.before << ", " << e.after << "}"; }

}  // namespace strata
