// values_in_words: the type of values that a function is given, for refusals.
#pragma once

#include <concepts>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/text.hpp>

namespace strata::internal {

template <class Number>
constexpr text<100> number_in_words() {
    if constexpr (std::is_same_v<Number, float>) return "float";
    else if constexpr (std::is_same_v<Number, double>) return "double";
    else if constexpr (std::is_same_v<Number, int>) return "int";
    else if constexpr (std::integral<Number>) return "another type of integers";
    else return "another type";
}

/// `values of double`, or whatever else an argument is.
template <class Argument>
constexpr text<100> values_in_words() {
    using type = std::remove_cvref_t<Argument>;
    if constexpr (std::is_arithmetic_v<type>) return text<100>("one ") << number_in_words<type>();
    else if constexpr (requires(const type& values) { *std::begin(values); }) {
        using element = std::remove_cvref_t<decltype(*std::begin(std::declval<const type&>()))>;
        return text<100>("values of ") << number_in_words<element>();
    } else return "something else";
}

/// The fix of a call that is given values of another type.
inline constexpr std::string_view convert_the_values =
    "convert the values, as std::vector<float>(x.begin(), x.end()) does";

}  // namespace strata::internal
