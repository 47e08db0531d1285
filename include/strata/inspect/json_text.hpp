// json_text: a text in quotes as JSON wants it.
#pragma once

#include <string>
#include <string_view>

#include <strata/core/config.hpp>

namespace strata::inline STRATA_ISA::detail {

/// `"a \"b\""`: control characters, quotes and backslashes escaped.
inline std::string json_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') result += '\\';
        if (byte >= 0x20) {
            result += c;
        } else {
            result += "\\u00";
            result += digits[byte >> 4];
            result += digits[byte & 15];
        }
    }
    return result + '"';
}

}  // namespace strata::inline STRATA_ISA::detail
