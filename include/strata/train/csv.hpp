// csv: rows of comma-separated values, as spreadsheets and pandas read them.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/message.hpp>
#include <strata/core/where_used.hpp>

namespace strata::internal {

/// A field, in quotes where it holds a separator, a quote or the end of a line.
template <class = where_used>
std::string csv_field(std::string_view text, std::string_view separator) {
    if (text.find(separator) == text.npos && text.find_first_of("\"\r\n") == text.npos) return std::string(text);
    std::string result = "\"";
    for (const char c : text) result.append(c == '"' ? 2 : 1, c);
    return result + '"';
}

/// One line with its end.
template <class = where_used>
std::string csv_row(const std::vector<std::string>& fields, std::string_view separator) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) line += separator;
        line += csv_field(fields[i], separator);
    }
    return line + '\n';
}

/// Reads rows in their order. A field in quotes may hold separators, ends of lines and doubled quotes; lines end
/// with LF or CR LF (RFC 4180). The text must live longer.
class csv_reader {
public:
    csv_reader(std::string_view text, std::string_view separator) : text_(text), separator_(separator) {}

    /// The fields of the next row; false after the last one. Throws std::invalid_argument for a quote without its end,
    /// and for text after a quote that ends.
    template <class = where_used>
    bool read(std::vector<std::string>& fields) {
        if (at_ == text_.size()) return false;
        begin_ = line_;
        fields.assign(1, {});
        for (;;) {
            if (at_ < text_.size() && text_[at_] == '"') read_quoted(fields.back());
            else
                while (!is_field_end()) fields.back() += text_[at_++];
            if (!rest().starts_with(separator_)) break;
            fields.emplace_back();
            at_ += separator_.size();
        }
        end_line();
        return true;
    }
    /// The line, from 1 on, where the row of the last call begins.
    std::size_t line() const { return begin_; }
    /// The bytes that were read.
    std::size_t position() const { return at_; }

private:
    std::string_view rest() const { return text_.substr(at_); }
    bool is_field_end() const {
        return at_ == text_.size() || rest().starts_with(separator_) || text_[at_] == '\n' ||
               rest().starts_with("\r\n");
    }
    void end_line() {
        if (rest().starts_with("\r\n")) ++at_;
        if (at_ == text_.size()) return;
        ++at_;
        ++line_;
    }
    template <class = where_used>
    void read_quoted(std::string& field) {
        for (++at_;; ++at_) {
            if (at_ == text_.size()) throw std::invalid_argument(message({"line ", begin_, ": a quote has no end"}));
            if (text_[at_] == '"' && !text_.substr(++at_).starts_with('"')) break;  // two stand for one
            line_ += text_[at_] == '\n' ? 1u : 0u;
            field += text_[at_];
        }
        if (!is_field_end()) throw std::invalid_argument(message({"line ", line_, ": text after the end of a quote"}));
    }

    std::string_view text_, separator_;
    std::size_t at_ = 0, line_ = 1, begin_ = 1;
};

/// The fields of a line without its end; the inverse of csv_row.
template <class = where_used>
std::vector<std::string> csv_fields(std::string_view line, std::string_view separator) {
    std::vector<std::string> fields(1);
    csv_reader(line, separator).read(fields);
    return fields;
}

}  // namespace strata::internal
