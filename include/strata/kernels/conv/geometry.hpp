// geometry: the shapes of convolutions and poolings as structural values, for template parameters.
#pragma once

#include <algorithm>
#include <cstddef>

#include <strata/core/config.hpp>
#include <strata/core/thread_slice.hpp>
#include <strata/core/window.hpp>

namespace strata::inline STRATA_ISA::kernels {

/// Bytes of weights that stay in the L2 cache. Of larger weights only one panel does: the loop over panels then becomes
/// the outer one.
inline constexpr std::size_t streamed_weights = std::size_t{512} << 10;

/// The outputs for which a tap lies inside the input.
constexpr item_range outputs_of(const sliding_axis& axis, std::size_t tap) {
    const auto from = [&](std::size_t position) {  // the first output whose tap is at `position` or later
        const std::size_t at = tap * axis.dilation;
        return position <= at ? 0 : std::min((position - at + axis.stride - 1) / axis.stride, axis.output);
    };
    return {.begin = from(axis.before), .end = from(axis.before + axis.input)};
}

/// The positions of the padded input that the outputs `out` read.
constexpr item_range padded_rows(const sliding_axis& axis, item_range out) {
    return {.begin = out.begin * axis.stride, .end = (out.end - 1) * axis.stride + axis.span()};
}
/// The positions of the input, without padding, that the outputs `out` read.
constexpr item_range rows_read(const sliding_axis& axis, item_range out) {
    const item_range padded = padded_rows(axis, out);
    return {.begin = std::min(std::max(padded.begin, axis.before) - axis.before, axis.input),
            .end = std::min(std::max(padded.end, axis.before) - axis.before, axis.input)};
}

/// The axis restricted to some positions of the input: the others count as padding.
constexpr sliding_axis restricted_to(sliding_axis axis, item_range inputs) {
    axis.before += inputs.begin;
    axis.input = inputs.size();
    return axis;
}
/// The outputs that read at least one position of the input.
constexpr item_range outputs_reading(const sliding_axis& axis) {
    const std::size_t first = std::max(axis.before + 1, axis.span()) - axis.span();
    return {.begin = std::min((first + axis.stride - 1) / axis.stride, axis.output),
            .end = std::min((axis.before + axis.input - 1) / axis.stride + 1, axis.output)};
}

/// Whether input and output have one row and the window too: a sequence.
template <class Geometry>
constexpr bool is_one_row(const Geometry& g) {
    return g.height.input == 1 && g.height.kernel == 1;
}

/// A convolution of (ih, iw, ic) to (oh, ow, oc). `height` and `width` hold the extents, strides and padding of the
/// axes.
struct conv2d_geometry {
    sliding_axis height{};
    sliding_axis width{};
    std::size_t in_channels = 1;
    std::size_t out_channels = 1;

    constexpr std::size_t in_size() const { return height.input * width.input * in_channels; }
    constexpr std::size_t out_size() const { return height.output * width.output * out_channels; }
    /// Rows of the weight matrix: kh kw ic.
    constexpr std::size_t depth() const { return height.kernel * width.kernel * in_channels; }
    constexpr bool is_padded() const { return height.before + height.after + width.before + width.after > 0; }
    friend constexpr bool operator==(const conv2d_geometry&, const conv2d_geometry&) = default;
};

/// The weights of a convolution: the kernel and bias in panels of panel_width<T>(out_channels), and `packed`, the
/// output of pack_weights. bias may be null.
template <class T>
struct convolution_weights {
    const T* kernel = nullptr;
    const T* packed = nullptr;
    const T* bias = nullptr;
};

/// A convolution whose channels and filters are split into `count` equal groups. Each group is convolved by itself;
/// `one` is the geometry of one group.
struct grouped_geometry {
    conv2d_geometry one{};
    std::size_t count = 1;

    constexpr conv2d_geometry whole() const {
        conv2d_geometry g = one;
        g.in_channels *= count;
        g.out_channels *= count;
        return g;
    }
    friend constexpr bool operator==(const grouped_geometry&, const grouped_geometry&) = default;
};

/// A depthwise convolution of (ih, iw, channels) to (oh, ow, channels multiplier). Output channel c multiplier + m is
/// the convolution of input channel c with its filter m.
struct depthwise_geometry {
    sliding_axis height{};
    sliding_axis width{};
    std::size_t channels = 1;
    std::size_t multiplier = 1;

    constexpr std::size_t in_size() const { return height.input * width.input * channels; }
    constexpr std::size_t out_channels() const { return channels * multiplier; }
    constexpr std::size_t out_size() const { return height.output * width.output * out_channels(); }
    constexpr std::size_t taps() const { return height.kernel * width.kernel; }
    friend constexpr bool operator==(const depthwise_geometry&, const depthwise_geometry&) = default;
};

/// A pooling of (ih, iw, channels) to (oh, ow, channels).
struct pool2d_geometry {
    sliding_axis height{};
    sliding_axis width{};
    std::size_t channels = 1;

    constexpr std::size_t in_size() const { return height.input * width.input * channels; }
    constexpr std::size_t out_size() const { return height.output * width.output * channels; }
    friend constexpr bool operator==(const pool2d_geometry&, const pool2d_geometry&) = default;
};

}  // namespace strata::inline STRATA_ISA::kernels
