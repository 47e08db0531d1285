// filter_pictures: filters and feature maps as pixels, side by side in a grid.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/tensor.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/graph/weight_view.hpp>

namespace strata::inline STRATA_ISA {

/// Pixels in rows, of one channel (grey) or three (red, green, blue).
struct pixel_picture {
    std::size_t width = 0, height = 0, channels = 1;
    std::vector<std::uint8_t> pixels{};
};

/// The look of a grid of pictures.
struct picture_options {
    /// A value is a square of so many pixels; 0: as many as make each picture at least 48 wide.
    std::size_t magnify = 0;
    /// Pictures in a row; 0: as many as make the grid about square.
    std::size_t columns = 0;
};

namespace detail {

/// A grid of equal pictures, two white pixels apart; `level(picture, row, column, channel)` is from 0 to 1.
template <class Level>
pixel_picture picture_grid(std::size_t count, const shape& extents, std::size_t channels, picture_options options,
                           Level level) {
    const std::size_t height = extents[0], width = extents[1];
    if (options.magnify == 0) options.magnify = std::max<std::size_t>(1, (48 + width - 1) / width);
    if (options.columns == 0)
        options.columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
    constexpr std::size_t apart = 2;
    const std::size_t columns = std::min(options.columns, count), rows = (count + columns - 1) / columns;
    const std::size_t cell_width = width * options.magnify + apart, cell_height = height * options.magnify + apart;
    pixel_picture result{
        .width = columns * cell_width + apart, .height = rows * cell_height + apart, .channels = channels};
    result.pixels.assign(result.width * result.height * channels, 255);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t y = 0; y < height * options.magnify; ++y)
            for (std::size_t x = 0; x < width * options.magnify; ++x) {
                const std::size_t row = apart + i / columns * cell_height + y,
                                  column = apart + i % columns * cell_width + x;
                for (std::size_t c = 0; c < channels; ++c) {
                    const double value = level(i, y / options.magnify, x / options.magnify, c);
                    result.pixels[(row * result.width + column) * channels + c] =
                        static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(value, 0.0, 1.0)));
                }
            }
    return result;
}

template <class = internal::where_used>
[[noreturn]] STRATA_COLD void refuse_picture(std::string_view function, std::string_view wanted, const shape& got) {
    throw std::invalid_argument(
        internal::message({"strata: ", function, " takes ", wanted, ", got ", to_text(got).view()}));
}

}  // namespace detail

/// The filters of a convolution's kernel of shape (height, width, channels, filters): in colours where there are three
/// channels; else each channel of each filter is a grey picture, those of a filter side by side. Middle grey is 0,
/// black and white the largest magnitude of the kernel. Throws std::invalid_argument for weights of another rank.
template <class Scalar>
pixel_picture filters_picture(const weight_view<Scalar>& kernel, picture_options options = {}) {
    const shape& extents = kernel.shape();
    if (extents.rank() != 4)
        detail::refuse_picture("filters_picture", "a kernel of shape (height, width, channels, filters)", extents);
    double most = 0.0;
    for (std::size_t i = 0; i < kernel.size(); ++i)
        if (internal::is_finite(kernel[i])) most = std::max(most, std::abs(static_cast<double>(kernel[i])));
    const auto value = [&](std::size_t y, std::size_t x, std::size_t channel, std::size_t filter) {
        const auto weight = static_cast<double>(kernel(y, x, channel, filter));
        return most > 0.0 && internal::is_finite(weight) ? 0.5 + 0.5 * weight / most : 0.5;
    };
    const std::size_t channels = extents[2], filters = extents[3];
    if (channels == 3)
        return detail::picture_grid(
            filters, extents, 3, options,
            [&](std::size_t i, std::size_t y, std::size_t x, std::size_t c) { return value(y, x, c, i); });
    if (channels > 1 && options.columns == 0) options.columns = channels;
    return detail::picture_grid(channels * filters, extents, 1, options,
                                [&](std::size_t i, std::size_t y, std::size_t x, std::size_t) {
                                    return value(y, x, i % channels, i / channels);
                                });
}

/// The channels of a map of shape (height, width, channels), such as `model.features<"conv2d">()` gives, as grey
/// pictures. Each has its own scale, from its least value, black, to its largest, white. Throws std::invalid_argument
/// where the values are not as many as the shape has.
template <class T>
pixel_picture maps_picture(std::span<const T> values, const shape& extents, picture_options options = {}) {
    if (extents.rank() != 3 || values.size() != extents.size())
        detail::refuse_picture("maps_picture", "a map of shape (height, width, channels)", extents);
    const std::size_t channels = extents[2];
    std::vector<double> low(channels, 0.0), high(channels, 0.0);
    std::vector<bool> is_known(channels);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!internal::is_finite(values[i])) continue;
        const std::size_t c = i % channels;
        const auto value = static_cast<double>(values[i]);
        low[c] = is_known[c] ? std::min(low[c], value) : value;
        high[c] = is_known[c] ? std::max(high[c], value) : value;
        is_known[c] = true;
    }
    return detail::picture_grid(
        channels, extents, 1, options, [&](std::size_t i, std::size_t y, std::size_t x, std::size_t) {
            const auto value = static_cast<double>(values[(y * extents[1] + x) * channels + i]);
            return high[i] > low[i] && internal::is_finite(value) ? (value - low[i]) / (high[i] - low[i]) : 0.5;
        });
}
/// The same of a batch of one sample.
template <class T, std::size_t Height, std::size_t Width, std::size_t Channels>
pixel_picture maps_picture(const Tensor<T, 1, Height, Width, Channels>& map, picture_options options = {}) {
    return maps_picture(std::span<const T>(map.data(), map.size()), shape{Height, Width, Channels}, options);
}

}  // namespace strata::inline STRATA_ISA
