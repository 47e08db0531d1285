// table: rows and named columns of a .csv file, and the dataset that is made of them.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/message.hpp>
#include <strata/core/number_as.hpp>
#include <strata/core/number_class.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/whole_file.hpp>
#include <strata/train/csv.hpp>
#include <strata/train/dataset.hpp>

namespace strata::inline STRATA_ISA {

/// How a .csv file is read.
struct csv_options {
    std::string separator = ",";
    /// Whether the first row has the names of the columns; else they are named `0`, `1`, ...
    bool has_header = true;
    /// Fields that stand for a missing value.
    std::vector<std::string> missing = {"", "NA", "N/A", "NaN", "nan", "null", "?"};
    /// Whether a terminal shows how far a long reading is.
    bool show_progress = true;
};

/// The classes of a column: each value as an index into the sorted names. scikit-learn: LabelEncoder.
struct ClassColumn {
    std::vector<int> labels;
    std::vector<std::string> names;
};

/// A table of text, as the file has it. A column becomes numbers or classes when it is asked for as such.
class Table {
public:
    /// Fields row by row, as many in each as there are names. `lines` has the line of each row in the file.
    Table(std::filesystem::path file, std::vector<std::string> names, std::vector<std::string> fields,
          std::vector<std::size_t> lines, std::vector<std::string> missing)
        : file_(std::move(file)),
          names_(std::move(names)),
          fields_(std::move(fields)),
          lines_(std::move(lines)),
          missing_(missing.begin(), missing.end()) {}

    std::size_t rows() const { return lines_.size(); }
    std::span<const std::string> columns() const { return names_; }
    /// The index of a column. Throws std::invalid_argument with the names that there are.
    std::size_t column(std::string_view name) const {
        const auto found = std::find(names_.begin(), names_.end(), name);
        if (found == names_.end()) {
            std::string all;
            for (const std::string& each : names_) all += (all.empty() ? "" : ", ") + each;
            throw std::invalid_argument(internal::message(
                {"strata: ", internal::path_text(file_), " has no column \"", name, "\"; fix: name one of ", all}));
        }
        return static_cast<std::size_t>(found - names_.begin());
    }
    const std::string& text(std::size_t row, std::size_t column) const {
        return fields_.at(row * names_.size() + column);
    }
    bool is_missing(std::size_t row, std::size_t column) const { return missing_.contains(text(row, column)); }
    /// Whether all values of the column that are not missing are numbers, and there is one.
    bool is_number(std::size_t column) const {
        bool any = false;
        for (std::size_t row = 0; row < rows(); ++row) {
            if (is_missing(row, column)) continue;
            if (!parsed(text(row, column))) return false;
            any = true;
        }
        return any;
    }

    /// The values of a column of numbers. `fill` replaces missing ones. Throws file_error, which names line and column,
    /// for a field that is no number, and for a missing one where no `fill` is given.
    template <std::floating_point T = float>
    std::vector<T> numbers(std::string_view name, std::optional<std::type_identity_t<T>> fill = {}) const {
        const std::size_t at = column(name);
        std::vector<T> result(rows());
        for (std::size_t row = 0; row < rows(); ++row) result[row] = static_cast<T>(number(row, at, fill));
        return result;
    }
    /// A column as classes: text, or whole numbers. Throws file_error for a missing value.
    ClassColumn classes(std::string_view name) const {
        const std::size_t at = column(name);
        std::vector<std::string> names;
        for (std::size_t row = 0; row < rows(); ++row) {
            if (is_missing(row, at)) refuse(row, at, "is missing; fix: remove the row, or give it a class");
            names.push_back(text(row, at));
        }
        const auto less = is_number(at) ? number_less : text_less;
        std::sort(names.begin(), names.end(), less);
        names.erase(std::unique(names.begin(), names.end()), names.end());
        ClassColumn result{.labels = {}, .names = std::move(names)};
        for (std::size_t row = 0; row < rows(); ++row) {
            const auto found = std::lower_bound(result.names.begin(), result.names.end(), text(row, at), less);
            result.labels.push_back(static_cast<int>(found - result.names.begin()));
        }
        return result;
    }

    /// A sample a row: the values of the other columns in their order, or of those that are named, and as its label
    /// the value of the column `target`. With labels of an integer type the target's classes, else its numbers.
    /// Throws file_error for fields that are no numbers, and std::invalid_argument where the columns are not as many
    /// as the sample has values.
    template <shape Sample, class Label = float, class T = float>
    Dataset<T, Sample, Label> dataset(std::string_view target, std::vector<std::string> features = {}) const {
        const std::size_t label_at = column(target);
        std::vector<std::size_t> from;
        for (const std::string& name : features) from.push_back(column(name));
        for (std::size_t i = 0; features.empty() && i < names_.size(); ++i)
            if (i != label_at) from.push_back(i);
        if (from.size() != Sample.size())
            throw std::invalid_argument(internal::message(
                {"strata: ", internal::path_text(file_), ": a sample of shape ", to_text(Sample).view(), " has ",
                 Sample.size(), " values, got ", from.size(), " columns; fix: name the columns that are its values"}));
        std::vector<Label> labels;
        if constexpr (std::integral<Label>) {
            for (const int each : classes(target).labels) labels.push_back(internal::number_as<Label>(each));
        } else {
            labels = numbers<Label>(target);
        }
        Dataset<T, Sample, Label> result;
        result.reserve(rows());
        std::vector<T> sample(from.size());
        for (std::size_t row = 0; row < rows(); ++row) {
            for (std::size_t i = 0; i < from.size(); ++i)
                sample[i] = static_cast<T>(number(row, from[i], std::optional<T>{}));
            result.push_back(sample, labels[row]);
        }
        return result;
    }

private:
    /// A decimal number with a dot, whatever the locale is. NaN is none: it has no place among sorted numbers.
    static std::optional<double> parsed(std::string_view text) {
        while (text.starts_with(' ')) text.remove_prefix(1);
        while (text.ends_with(' ')) text.remove_suffix(1);
        if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc{} || end != text.data() + text.size() || internal::is_nan(value))
            return {};
        return value;
    }
    static bool text_less(const std::string& a, const std::string& b) { return a < b; }
    static bool number_less(const std::string& a, const std::string& b) {
        const double first = parsed(a).value(), second = parsed(b).value();
        return first != second ? first < second : a < b;
    }
    template <class T>
    double number(std::size_t row, std::size_t column, std::optional<T> fill) const {
        if (is_missing(row, column)) {
            if (!fill) refuse(row, column, "is missing; fix: remove the row, or give a value that replaces it");
            return static_cast<double>(*fill);
        }
        const std::optional<double> value = parsed(text(row, column));
        if (!value) refuse(row, column, "is no number");
        return *value;
    }
    [[noreturn]] void refuse(std::size_t row, std::size_t column, std::string_view reason) const {
        constexpr std::size_t longest = 40;
        std::string field = text(row, column).substr(0, longest);
        throw file_error(file_, internal::message({"line ", lines_[row], ", column \"", names_[column], "\": \"", field,
                                                   "\" ", reason}));
    }

    std::filesystem::path file_;
    std::vector<std::string> names_, fields_;
    std::vector<std::size_t> lines_;
    std::set<std::string, std::less<>> missing_;
};

/// Reads a .csv file: fields in quotes, lines that end with LF or CR LF, and a byte order mark are understood (RFC
/// 4180). Empty lines are left out. Throws file_error, with the line, where a row has another number of fields than the
/// first, two columns have one name, or a quote has no end. pandas: read_csv.
inline Table read_csv(const std::filesystem::path& file, csv_options options = {}) {
    if (options.separator.empty() || options.separator.find_first_of("\"\r\n") != std::string::npos)
        throw std::invalid_argument("strata: read_csv: separator must not be empty, a quote or the end of a line");
    const std::string bytes = detail::whole_file(file, "a .csv file", options.show_progress);
    return internal::with_file_errors(file, [&] {
        std::string_view all = bytes;
        if (all.starts_with("\xef\xbb\xbf")) all.remove_prefix(3);
        std::vector<std::string> names, fields, row;
        std::vector<std::size_t> lines;
        internal::csv_reader reader(all, options.separator);
        detail::reading_progress progress(file, options.show_progress);
        while (reader.read(row)) {
            progress.update(reader.position(), all.size());
            if (row.size() == 1 && row.front().empty() && names.size() != 1) continue;
            if (names.empty()) {
                for (std::size_t i = 0; i < row.size(); ++i)
                    names.push_back(options.has_header ? row[i] : std::to_string(i));
                const std::set<std::string> distinct(names.begin(), names.end());
                if (distinct.size() != names.size())
                    throw file_error(file,
                                     "two columns have the same name; rename one, or say that there is no header");
                if (options.has_header) continue;
            }
            if (row.size() != names.size())
                throw file_error(
                    file, internal::message({"line ", reader.line(), " has ", row.size(), " fields, the first row ",
                                             names.size(), "; is the separator \"", options.separator, "\"?"}));
            lines.push_back(reader.line());
            std::move(row.begin(), row.end(), std::back_inserter(fields));
        }
        if (names.empty()) throw file_error(file, "is empty, expected a .csv file");
        return Table(file, std::move(names), std::move(fields), std::move(lines), std::move(options.missing));
    });
}

}  // namespace strata::inline STRATA_ISA
