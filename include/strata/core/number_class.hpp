// number_class: whether a number is NaN or infinite, read from its bits: right under -ffinite-math-only, too.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <strata/core/config.hpp>

namespace strata::internal {

/// The bits of float or double: of infinity, and of all but the sign.
template <std::floating_point T>
struct number_bits {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "strata: float and double only");
    using type = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    static constexpr type infinity = static_cast<type>(sizeof(T) == 4 ? 0x7f800000u : 0x7ff0000000000000u);
    static constexpr type not_a_number = infinity | infinity >> 1;
    static constexpr type magnitude = static_cast<type>(~type{0}) >> 1;
};

/// Under -ffinite-math-only Clang warns of the constants of std::numeric_limits, not of these.
template <std::floating_point T>
inline constexpr T infinity = std::bit_cast<T>(number_bits<T>::infinity);
template <std::floating_point T>
inline constexpr T not_a_number = std::bit_cast<T>(number_bits<T>::not_a_number);

/// The bits of |x|. By reference: under that option Clang assumes that a number passed by value is finite.
template <std::floating_point T>
constexpr typename number_bits<T>::type magnitude_bits(const T& x) {
    auto bits = std::bit_cast<typename number_bits<T>::type>(x);
    if (!std::is_constant_evaluated()) STRATA_FORGET_VALUE(bits);
    return bits & number_bits<T>::magnitude;
}
template <std::floating_point T>
constexpr bool is_nan(const T& x) {
    return magnitude_bits(x) > number_bits<T>::infinity;
}
template <std::floating_point T>
constexpr bool is_infinite(const T& x) {
    return magnitude_bits(x) == number_bits<T>::infinity;
}
/// Neither NaN nor infinite.
template <std::floating_point T>
constexpr bool is_finite(const T& x) {
    return magnitude_bits(x) < number_bits<T>::infinity;
}

}  // namespace strata::internal
