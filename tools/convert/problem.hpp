// problem: a file that cannot be converted; remarks on one that can.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace convert {

/// Part of a file's text as messages and comments show it: printable ASCII, other bytes as `?`, at most so many
/// characters.
inline std::string printable(std::string_view text, std::size_t longest = 100) {
    std::string result;
    for (const char c : text.substr(0, longest)) result += c < ' ' || c > '~' || c == '\\' ? '?' : c;
    return text.size() > longest ? result + "..." : result;
}

/// Thrown where a file cannot be converted: the message says what is wrong, why, and what to do. `in_layer` puts the
/// layer before it.
class problem : public std::runtime_error {
public:
    explicit problem(const std::string& message) : std::runtime_error(message) {}

    static problem in_layer(std::string_view name, std::string_view type, const std::string& message) {
        return problem("layer \"" + printable(name) + "\" (" + printable(type) + "): " + message);
    }
};

/// Remarks of one conversion: differences that do not stop it.
using remarks = std::vector<std::string>;

}  // namespace convert
