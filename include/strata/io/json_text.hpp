// json_text: texts and numbers as JSON spells them.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/where_used.hpp>

namespace strata::inline STRATA_ISA::io {

/// A text as a string of JSON.
template <class = internal::where_used>
std::string json_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20) {
            result += std::string("\\u00") + digits[code >> 4] + digits[code & 15];
            continue;
        }
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result += '"';
}

/// The shortest text that reads back as the same finite number, `0.5`, `1e-05`.
template <class = internal::where_used>
std::string number_text(double value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return std::string(digits.data(), end);
}

}  // namespace strata::inline STRATA_ISA::io
