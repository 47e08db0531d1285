// weight_pictures: weights as grey pictures, as Keras' TensorBoard cuts them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::detail {

/// A weight as pictures, as Keras' callback cuts it: a vector is a column, a matrix lies, of a kernel of one channel
/// each filter is one. Empty for other weights.
struct weight_pictures {
    std::size_t width = 0, height = 0, channels = 1;
    std::vector<std::vector<double>> pictures{};
};
template <class = internal::where_used>
weight_pictures pictures_of_weight(const shape& whole, std::span<const double> values) {
    constexpr std::size_t most = 16;
    shape extents;
    for (std::size_t axis = 0; axis < whole.rank(); ++axis)
        if (whole[axis] != 1) extents.push_back(whole[axis]);
    if (extents.rank() < 2) return {.width = 1, .height = values.size(), .pictures = {{values.begin(), values.end()}}};
    weight_pictures result{.width = extents[1], .height = extents[0]};
    if (extents.rank() == 2 && result.height > result.width) {
        std::vector<double>& lying = result.pictures.emplace_back();
        for (std::size_t column = 0; column < result.width; ++column)
            for (std::size_t row = 0; row < result.height; ++row) lying.push_back(values[row * result.width + column]);
        std::swap(result.width, result.height);
    } else if (extents.rank() == 2) {
        result.pictures.emplace_back(values.begin(), values.end());
    } else if (extents.rank() == 3) {
        for (std::size_t k = 0; k < std::min(extents[2], most); ++k) {
            std::vector<double>& filter = result.pictures.emplace_back();
            for (std::size_t i = k; i < values.size(); i += extents[2]) filter.push_back(values[i]);
        }
    } else if (extents.rank() == 4 && extents[3] == 3) {
        result = {.width = extents[2], .height = extents[1], .channels = 3};
        const std::size_t size = extents[1] * extents[2] * 3;
        for (std::size_t k = 0; k < std::min(extents[0], most); ++k)
            result.pictures.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(k * size),
                                         values.begin() + static_cast<std::ptrdiff_t>((k + 1) * size));
    }
    return result;
}
/// Grey levels: 0 is middle grey, the largest magnitude black or white.
template <class = internal::where_used>
std::vector<std::uint8_t> grey_levels(std::span<const double> values) {
    double most = 0.0;
    for (const double value : values)
        if (internal::is_finite(value)) most = std::max(most, std::abs(value));
    std::vector<std::uint8_t> result;
    for (const double value : values) {
        const double share = most > 0.0 && internal::is_finite(value) ? value / most : 0.0;
        result.push_back(static_cast<std::uint8_t>(std::lround(127.5 + 127.5 * share)));
    }
    return result;
}

}  // namespace strata::inline STRATA_ISA::detail
