// csv: rows of comma-separated values, as spreadsheets and pandas read them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::internal {

/// A field, in quotes where it holds a separator, a quote or the end of a line.
inline std::string csv_field(std::string_view text, std::string_view separator) {
    if (text.find(separator) == text.npos && text.find_first_of("\"\r\n") == text.npos) return std::string(text);
    std::string result = "\"";
    for (const char c : text) result.append(c == '"' ? 2 : 1, c);
    return result + '"';
}

/// One line with its end.
inline std::string csv_row(const std::vector<std::string>& fields, std::string_view separator) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) line += separator;
        line += csv_field(fields[i], separator);
    }
    return line + '\n';
}

/// The fields of a line without its end; the inverse of csv_row.
inline std::vector<std::string> csv_fields(std::string_view line, std::string_view separator) {
    std::vector<std::string> fields(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            const bool is_doubled = is_quoted && i + 1 < line.size() && line[i + 1] == '"';
            if (is_doubled) fields.back() += line[++i];
            else is_quoted = !is_quoted;
        } else if (!is_quoted && line.substr(i).starts_with(separator)) {
            fields.emplace_back();
            i += separator.size() - 1;
        } else {
            fields.back() += line[i];
        }
    }
    return fields;
}

}  // namespace strata::internal
