// Windows and the arithmetic of what they slide over: output extents and padding, as Keras computes them.
#pragma once

#include <concepts>
#include <cstddef>

namespace strata {

/// A size of one or two axes: `3` is 3 by 3, `window{3, 2}` is height 3, width 2.
struct window {
    int height = 1;
    int width = 1;

    constexpr window(int both) : height(both), width(both) {}
    constexpr window(int h, int w) : height(h), width(w) {}
    /// Mistakes such as `window{3, 3, 3}` or `Conv2D<8, "3">` make a window that is_size() refuses.
    template <class First>
        requires(!std::integral<First>)
    constexpr window(const First&) : height(none), width(none) {}
    template <class... Others>
        requires(sizeof...(Others) > 2)
    constexpr window(const Others&...) : height(none), width(none) {}

    static constexpr int none = -2147483647;
    constexpr bool is_size() const { return height != none; }
    friend constexpr bool operator==(const window&, const window&) = default;
};

/// The padding at the edges of the input. valid: none. same: on both sides, as much as gives ceil(input / stride)
/// outputs. causal: before the first input only, so that no output reads a later input.
enum class padding_mode { valid, same, causal };

/// One axis of a sliding window: extents, the padding before and after the input, the number of outputs.
struct sliding_axis {
    std::size_t input = 0;
    std::size_t kernel = 1;
    std::size_t stride = 1;
    std::size_t dilation = 1;
    std::size_t output = 0;
    std::size_t before = 0;
    std::size_t after = 0;

    /// The number of input positions from the first to the last that one output reads.
    constexpr std::size_t span() const { return (kernel - 1) * dilation + 1; }
    friend constexpr bool operator==(const sliding_axis&, const sliding_axis&) = default;
};

/// Keras' output size: valid (input - span) / stride + 1 (0 where the window does not fit), same and causal
/// ceil(input / stride).
constexpr sliding_axis slide(std::size_t input, int kernel, int stride, int dilation, padding_mode mode) {
    sliding_axis axis{.input = input,
                      .kernel = static_cast<std::size_t>(kernel),
                      .stride = static_cast<std::size_t>(stride),
                      .dilation = static_cast<std::size_t>(dilation)};
    if (mode == padding_mode::valid) {
        axis.output = input < axis.span() ? 0 : (input - axis.span()) / axis.stride + 1;
        return axis;
    }
    axis.output = (input + axis.stride - 1) / axis.stride;
    if (mode == padding_mode::causal) {
        axis.before = axis.span() - 1;
        return axis;
    }
    const std::size_t covered = axis.output == 0 ? 0 : (axis.output - 1) * axis.stride + axis.span();
    const std::size_t padding = covered > input ? covered - input : 0;
    axis.before = padding / 2;
    axis.after = padding - axis.before;
    return axis;
}

/// The same with `before` and `after` positions of padding.
constexpr sliding_axis slide_padded(std::size_t input, int kernel, int stride, int before, int after) {
    sliding_axis axis{.input = input,
                      .kernel = static_cast<std::size_t>(kernel),
                      .stride = static_cast<std::size_t>(stride),
                      .before = static_cast<std::size_t>(before),
                      .after = static_cast<std::size_t>(after)};
    const std::size_t padded = input + axis.before + axis.after;
    axis.output = padded < axis.kernel ? 0 : (padded - axis.kernel) / axis.stride + 1;
    return axis;
}

}  // namespace strata
