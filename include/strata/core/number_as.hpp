// number_as: a number of a file as another type, where that can hold it.
#pragma once

#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <strata/core/number_class.hpp>

namespace strata::internal {

/// A number as T. An integer takes the whole part of a floating-point number. Throws std::invalid_argument for a number
/// that an integer T cannot hold: the conversion itself would give any number.
template <class T, class Stored>
constexpr T number_as(Stored value) {
    if constexpr (std::integral<T> && !std::is_same_v<T, bool>) {
        bool fits = true;
        if constexpr (std::integral<Stored>) {
            using plain = std::conditional_t<std::is_signed_v<T>, std::make_signed_t<T>, std::make_unsigned_t<T>>;
            fits = std::in_range<plain>(value);
        } else {
            constexpr Stored end = 2 * static_cast<Stored>(std::numeric_limits<T>::max() / 2 + 1);  // a power of two
            fits = !is_nan(value) && value < end && (std::is_signed_v<T> ? value >= -end : value > Stored{-1});
        }
        if (!fits)
            throw std::invalid_argument("holds the number " + std::to_string(value) + ", which an integer of " +
                                        std::to_string(8 * sizeof(T)) + " bits cannot hold; read it as another type");
    }
    return static_cast<T>(value);
}

}  // namespace strata::internal
