// shape: the extents of a tensor as a structural value, channels last, without the batch.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include <strata/core/text.hpp>

namespace strata {

/// Extents in Keras' order, at most 6: `shape{28, 28, 1}` is (height, width, channels). May be a template argument.
struct shape {
    static constexpr std::size_t max_rank = 6;

    std::array<std::size_t, max_rank> extents{};
    std::size_t rank_ = 0;

    constexpr shape() = default;
    template <std::integral... Extents>
        requires(sizeof...(Extents) > 0 && sizeof...(Extents) <= max_rank)
    constexpr explicit(sizeof...(Extents) == 1) shape(Extents... values)
        : extents{static_cast<std::size_t>(values)...}, rank_(sizeof...(Extents)) {}

    constexpr std::size_t rank() const { return rank_; }
    constexpr std::size_t operator[](std::size_t axis) const { return extents[axis]; }
    constexpr std::size_t& operator[](std::size_t axis) { return extents[axis]; }
    /// The last extent: channels of an image, features of a vector.
    constexpr std::size_t back() const { return extents[rank_ - 1]; }
    constexpr std::size_t& back() { return extents[rank_ - 1]; }
    /// The number of elements: the product of the extents, 1 for rank 0.
    constexpr std::size_t size() const {
        std::size_t product = 1;
        for (std::size_t axis = 0; axis < rank_; ++axis) product *= extents[axis];
        return product;
    }
    /// The number of vectors along the last axis.
    constexpr std::size_t rows() const { return rank_ == 0 ? 1 : size() / (back() == 0 ? 1 : back()); }
    constexpr void push_back(std::size_t extent) { extents[rank_++] = extent; }

    friend constexpr bool operator==(const shape&, const shape&) = default;
};

/// `(28, 28, 1)`; with `first` as the first extent: `(None, 28, 28, 1)`.
constexpr text<128> to_text(const shape& value, std::string_view first = {}) {
    text<128> result;
    result << "(" << first;
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
        if (axis > 0 || !first.empty()) result << ", ";
        result << value[axis];
    }
    return result << ")";
}

}  // namespace strata
