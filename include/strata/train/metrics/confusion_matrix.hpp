// ConfusionMatrix: how often each class was taken for each other one.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <strata/core/atomic_file.hpp>
#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/terminal.hpp>
#include <strata/core/where_used.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/history_svg.hpp>
#include <strata/train/metrics/largest.hpp>
#include <strata/train/metrics/metric.hpp>
#include <strata/train/output.hpp>

namespace strata::inline STRATA_ISA {

template <target_kind Kind>
struct confusion_matrix_for;

/// Counts of samples by the class of the target (rows) and the predicted one (columns). A metric for compile, whose
/// score is the accuracy, and a table by itself. Keras: `tf.math.confusion_matrix`.
struct ConfusionMatrix {
    std::string_view name = "confusion_matrix";
    /// For tables and pictures; numbers where there are none.
    std::vector<std::string> class_names = {};

    static constexpr std::string_view type = "ConfusionMatrix";

    /// Adds a sample; its weight counts.
    template <class = internal::where_used>
    void add(std::size_t target, std::size_t predicted, double weight = 1.0) {
        grow(std::max(target, predicted) + 1);
        counts[target * classes + predicted] += weight;
    }
    /// Adds samples by the outputs of a model, as `predict` gives them, and their labels: the class of the largest
    /// value of each; where there is one value a sample, class 1 above 0.5. Throws std::invalid_argument where they do
    /// not fit.
    template <class T, class Labels>
        requires std::integral<typename Labels::value_type>
    void add(const std::vector<T>& outputs, const Labels& labels) {
        if (labels.empty() || outputs.size() % labels.size() != 0)
            throw std::invalid_argument(internal::message({"strata: ConfusionMatrix: ", outputs.size(), " outputs of ",
                                                           labels.size(), " labels; fix: give those of all samples"}));
        const std::size_t columns = outputs.size() / labels.size();
        for (std::size_t i = 0; i < labels.size(); ++i)
            add(static_cast<std::size_t>(labels[i]), predicted_class(columns, outputs.data() + i * columns));
    }
    /// Makes room for so many classes.
    template <class = internal::where_used>
    void grow(std::size_t count) {
        if (count <= classes) return;
        std::vector<double> grown(count * count);
        for (std::size_t i = 0; i < classes; ++i)
            std::copy_n(counts.begin() + static_cast<std::ptrdiff_t>(i * classes), classes,
                        grown.begin() + static_cast<std::ptrdiff_t>(i * count));
        counts = std::move(grown);
        classes = count;
    }
    template <class = internal::where_used>
    void clear() {
        std::fill(counts.begin(), counts.end(), 0.0);
    }

    double operator()(std::size_t target, std::size_t predicted) const { return counts[target * classes + predicted]; }
    /// Samples whose target is this class, and those that were taken for it.
    template <class = internal::where_used>
    double targets(std::size_t of) const {
        return sum(of, false);
    }
    template <class = internal::where_used>
    double predictions(std::size_t of) const {
        return sum(of, true);
    }
    /// The share of a class' samples that were found, and of those found that are of the class; 0 where there are none.
    template <class = internal::where_used>
    double recall(std::size_t of) const {
        return ratio((*this)(of, of), targets(of));
    }
    template <class = internal::where_used>
    double precision(std::size_t of) const {
        return ratio((*this)(of, of), predictions(of));
    }
    template <class = internal::where_used>
    double accuracy() const {
        double hits = 0.0, all = 0.0;
        for (std::size_t i = 0; i < classes; ++i) {
            hits += (*this)(i, i);
            all += targets(i);
        }
        return ratio(hits, all);
    }

    /// A table with the recall of each class. In colours, cells are the darker the greater their share of the row is.
    template <class = internal::where_used>
    std::string to_text(bool in_colors = false) const {
        std::size_t width = 6, first = std::string_view("target").size();
        for (std::size_t i = 0; i < classes; ++i) {
            width = std::max(width, class_name(i).size());
            first = std::max(first, class_name(i).size());
            for (std::size_t k = 0; k < classes; ++k) width = std::max(width, count_text((*this)(i, k)).size());
        }
        const auto right = [&](const std::string& text) {
            return std::string(width - std::min(width, text.size()), ' ') + text;
        };
        const auto left = [&](const std::string& text) { return text + std::string(first - text.size(), ' '); };
        std::string result = std::string(first, ' ') + "  predicted\n" + left("target");
        for (std::size_t i = 0; i < classes; ++i) result += "  " + right(class_name(i));
        result += "  recall\n";
        for (std::size_t i = 0; i < classes; ++i) {
            result += left(class_name(i));
            for (std::size_t k = 0; k < classes; ++k) {
                const double share = ratio((*this)(i, k), targets(i));
                const long level = 232 + std::lround(share * 20);  // greys of terminals with 256 colours
                if (in_colors)
                    result += internal::message({" \x1b[48;5;", level, "m\x1b[38;5;", share > 0.6 ? 16 : 255, "m"});
                else result += " ";
                result += internal::message({" ", right(count_text((*this)(i, k))), in_colors ? "\x1b[0m" : ""});
            }
            result += "  " + internal::decimal(recall(i), 4) + "\n";
        }
        return result;
    }
    /// A picture: cells are the darker the greater their share of the row is.
    template <class = internal::where_used>
    std::string to_svg() const {
        using internal::coordinate, internal::xml_text;
        std::size_t letters = 0, digits = 0;
        for (std::size_t i = 0; i < classes; ++i) letters = std::max(letters, class_name(i).size());
        for (const double count : counts) digits = std::max(digits, count_text(count).size());
        // Names of columns that are wider than a cell stand upright.
        const bool is_upright = letters > 8;
        const double name_width = 7 * static_cast<double>(letters),
                     text_width = 7 * static_cast<double>(std::max(std::min<std::size_t>(letters, 8), digits)),
                     cell = std::max(44.0, text_width + 8), left = 34 + name_width,
                     top = is_upright ? 40 + name_width : 64;
        const double size = cell * static_cast<double>(classes), width = left + size + 16, height = top + size + 16;
        std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + coordinate(width) + "\" height=\"" +
                          coordinate(height) + "\" viewBox=\"0 0 " + coordinate(width) + " " + coordinate(height) +
                          "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n"
                          "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"" +
                          coordinate(left + size / 2) +
                          "\" y=\"18\" text-anchor=\"middle\" font-weight=\"bold\">predicted</text>\n"
                          "<text transform=\"translate(16 " +
                          coordinate(top + size / 2) +
                          ") rotate(-90)\" text-anchor=\"middle\" font-weight=\"bold\">target</text>\n";
        for (std::size_t i = 0; i < classes; ++i) {
            const double place = cell * (static_cast<double>(i) + 0.5);
            out += "<text transform=\"translate(" + coordinate(left + place + (is_upright ? 4 : 0)) + " " +
                   coordinate(top - 8) + ")" + (is_upright ? " rotate(-90)" : "") + "\" text-anchor=\"" +
                   (is_upright ? "start" : "middle") + "\">" + xml_text(class_name(i)) + "</text>\n<text x=\"" +
                   coordinate(left - 8) + "\" y=\"" + coordinate(top + place + 4) + "\" text-anchor=\"end\">" +
                   xml_text(class_name(i)) + "</text>\n";
            for (std::size_t k = 0; k < classes; ++k) out += svg_cell(i, k, left, top, cell);
        }
        return out + "</svg>\n";
    }
    /// Throws file_error.
    template <class = internal::where_used>
    void write_svg(const std::filesystem::path& file) const {
        replace_file_by(file, to_svg());
    }
    /// In colours where the output is a terminal that shows them.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const ConfusionMatrix& matrix) {
        return out << matrix.to_text(&out == &detail::output() && internal::stdout_has_colors());
    }

    template <target_kind Kind>
    confusion_matrix_for<Kind> for_targets() const;

    template <class T>
    static std::size_t predicted_class(std::size_t columns, const T* y) {
        return columns == 1 ? (y[0] > T(0.5) ? 1u : 0u) : detail::index_of_largest(columns, y);
    }

    std::size_t classes = 0;  // state
    std::vector<double> counts = {};

private:
    static double ratio(double part, double all) { return all == 0.0 ? 0.0 : part / all; }
    template <class = internal::where_used>
    double sum(std::size_t of, bool is_column) const {
        double total = 0.0;
        for (std::size_t i = 0; i < classes; ++i) total += is_column ? (*this)(i, of) : (*this)(of, i);
        return total;
    }
    template <class = internal::where_used>
    std::string class_name(std::size_t i) const {
        return i < class_names.size() ? class_names[i] : std::to_string(i);
    }
    template <class = internal::where_used>
    static std::string count_text(double count) {
        return internal::decimal(count, count == std::floor(count) ? 0 : 2);
    }
    template <class = internal::where_used>
    std::string svg_cell(std::size_t i, std::size_t k, double left, double top, double cell) const {
        using internal::coordinate;
        const double share = ratio((*this)(i, k), targets(i));
        const double x = left + cell * static_cast<double>(k), y = top + cell * static_cast<double>(i);
        return "<rect x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" width=\"" + coordinate(cell) +
               "\" height=\"" + coordinate(cell) + "\" fill=\"#0072b2\" fill-opacity=\"" + internal::decimal(share, 3) +
               "\" stroke=\"#ddd\"/><text x=\"" + coordinate(x + cell / 2) + "\" y=\"" + coordinate(y + cell / 2 + 4) +
               "\" text-anchor=\"middle\"" + (share > 0.5 ? " fill=\"white\"" : "") + ">" + count_text((*this)(i, k)) +
               "</text>\n";
    }
};

/// ConfusionMatrix where targets are of this kind.
template <target_kind Kind>
struct confusion_matrix_for {
    std::string_view name = "confusion_matrix";
    ConfusionMatrix matrix = {};

    static constexpr std::string_view type = "ConfusionMatrix";
    static constexpr target_kind targets = Kind;

    void prepare(std::size_t columns) { matrix.grow(std::max<std::size_t>(columns, 2)); }
    void reset() { matrix.clear(); }
    template <class T, class Target>
    void update(std::size_t rows, std::size_t columns, const T* y, const Target* target, double weight) {
        for (std::size_t row = 0; row < rows; ++row, y += columns) {
            const std::size_t predicted = ConfusionMatrix::predicted_class(columns, y);
            if constexpr (Kind == target_kind::class_index) {
                matrix.add(static_cast<std::size_t>(target[row]), predicted, weight);
            } else {
                matrix.add(ConfusionMatrix::predicted_class(columns, target), predicted, weight);
                target += columns;
            }
        }
    }
    double result() const { return matrix.accuracy(); }
};

template <target_kind Kind>
confusion_matrix_for<Kind> ConfusionMatrix::for_targets() const {
    return {.name = name, .matrix = *this};
}

}  // namespace strata::inline STRATA_ISA
