// input_extent: one size of a shape as a template argument.
#pragma once

#include <concepts>

namespace strata {

/// The first size of `Input<any, features>`: a number of steps that a net leaves open. Only streams run such nets.
struct any_extent {};
inline constexpr any_extent any{};

/// The extent of one axis in `Input<28, 28, 1>`. Anything but an integer (`Input<{28, 28, 1}>`, a string, a real
/// number) makes one that is_size() refuses: the check of the net then says what to write.
struct input_extent {
    static constexpr int none = -2147483647, open = none + 1;
    int value = none;

    template <std::integral Integer>
    constexpr input_extent(Integer size) : value(static_cast<int>(size)) {}
    constexpr input_extent(any_extent) : value(open) {}
    template <class First, class... More>
        requires(sizeof...(More) > 0 || !std::integral<First>)
    constexpr input_extent(const First&, const More&...) {}

    constexpr bool is_size() const { return value != none; }
    constexpr bool is_open() const { return value == open; }
    friend constexpr bool operator==(const input_extent&, const input_extent&) = default;
};

}  // namespace strata
