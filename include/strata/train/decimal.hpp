// decimal: numbers as text, independent of the locale: the shortest text, or a number of decimals.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <strata/core/number_class.hpp>

namespace strata::internal {

/// `nan`, `inf` or `-inf`; empty where the value is finite.
inline std::string_view not_finite_text(double value) {
    if (internal::is_nan(value)) return "nan";
    if (internal::is_infinite(value)) return value < 0 ? "-inf" : "inf";
    return {};
}

/// As printf's %.<decimals>f or, for std::chars_format::scientific and general, its %e and %g.
inline std::string decimal(double value, int decimals, std::chars_format format = std::chars_format::fixed) {
    if (const std::string_view name = not_finite_text(value); !name.empty()) return std::string(name);
    // A double has at most 309 digits before its point. No caller asks for more than 300 after it.
    char digits[640];
    return {digits, std::to_chars(digits, digits + sizeof(digits), value, format, decimals).ptr};
}

/// The shortest text that reads back as the same value, spelled as Python's repr: `0.1`, `1.0`, `1e-05`.
inline std::string shortest(double value) {
    if (const std::string_view name = not_finite_text(value); !name.empty()) return std::string(name);
    const double size = std::abs(value);
    const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e16);
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                   is_plain ? std::chars_format::fixed : std::chars_format::scientific)
                         .ptr;
    std::string result(digits.data(), end);
    if (is_plain && result.find('.') == std::string::npos) result += ".0";
    return result;
}

/// A score as Keras shows it: four decimals, in scientific notation at or below a thousandth.
inline std::string score_text(double value) {
    return decimal(value, 4, std::abs(value) > 1e-3 ? std::chars_format::fixed : std::chars_format::scientific);
}

}  // namespace strata::internal
