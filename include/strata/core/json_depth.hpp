// json_depth: how deep the lists and objects of a JSON text lie in one another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <strata/core/where_used.hpp>

namespace strata::internal {

/// No file of a net is nested so deep. Functions that print or compare JSON call themselves for each level: a text of
/// some 10,000 levels would end the program.
inline constexpr std::size_t most_json_levels = 200;

/// The number of levels. The text need be no valid JSON: brackets in quotes do not count.
template <class = where_used>
std::size_t json_levels(std::string_view text) {
    std::size_t open = 0, most = 0;
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quoted) {
            if (c == '\\') ++i;
            else if (c == '"') is_quoted = false;
        } else if (c == '"') {
            is_quoted = true;
        } else if (c == '[' || c == '{') {
            most = std::max(most, ++open);
        } else if ((c == ']' || c == '}') && open > 0) {
            --open;
        }
    }
    return most;
}

}  // namespace strata::internal
