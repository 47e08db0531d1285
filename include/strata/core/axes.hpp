// axes: an order of axes as a structural value, as Permute takes it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>

#include <strata/core/shape.hpp>
#include <strata/core/text.hpp>

namespace strata {

/// Axes of a sample in their new order, counted from 1 as in Keras: `axes{2, 1}` exchanges two.
struct axes {
    std::array<int, shape::max_rank> numbers{};
    std::size_t rank_ = 0;

    template <std::integral... Numbers>
        requires(sizeof...(Numbers) > 0 && sizeof...(Numbers) <= shape::max_rank)
    constexpr explicit(sizeof...(Numbers) == 1) axes(Numbers... values)
        : numbers{static_cast<int>(values)...}, rank_(sizeof...(Numbers)) {}

    constexpr std::size_t rank() const { return rank_; }
    constexpr int operator[](std::size_t i) const { return numbers[i]; }
    /// Whether each of 1 to rank() is there once.
    constexpr bool is_permutation() const {
        for (std::size_t number = 1; number <= rank_; ++number) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < rank_; ++i) count += numbers[i] == static_cast<int>(number) ? 1u : 0u;
            if (count != 1) return false;
        }
        return true;
    }
    /// The inverse permutation.
    constexpr axes inverse() const {
        axes result = *this;
        for (std::size_t i = 0; i < rank_; ++i)
            result.numbers[static_cast<std::size_t>(numbers[i] - 1)] = static_cast<int>(i + 1);
        return result;
    }
    /// A shape with its axes in this order.
    constexpr shape of(const shape& in) const {
        shape result = in;
        for (std::size_t i = 0; i < rank_; ++i) result[i] = in[static_cast<std::size_t>(numbers[i] - 1)];
        return result;
    }

    friend constexpr bool operator==(const axes&, const axes&) = default;
};

/// `axes{2, 1}`.
constexpr text<64> to_text(const axes& order) {
    text<64> result("axes{");
    for (std::size_t i = 0; i < order.rank(); ++i) result << (i > 0 ? ", " : "") << order[i];
    return result << "}";
}

}  // namespace strata
