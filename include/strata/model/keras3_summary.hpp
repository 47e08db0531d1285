// keras3_summary: the table of a net as Keras 3 prints it where the output is no terminal, as constexpr text.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/model/summary.hpp>
#include <strata/net/names.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA::detail {

/// Letters in each column of the table, which is 76 wide: of a terminal of 80 columns Keras leaves four.
inline constexpr std::array<std::size_t, 3> keras3_columns{31, 22, 13};
inline constexpr std::size_t keras3_row_bytes = 640;  // a row of four lines, and the rule after it

/// Takes the words that fit into `width` letters off a text. A longer word is cut, and ends with an ellipsis.
template <class = internal::where_used>
constexpr text<128> take_line(std::string_view& rest, std::size_t width) {
    text<128> line;
    std::size_t used = 0;
    while (!rest.empty()) {
        const std::size_t end = rest.find(' ') < rest.size() ? rest.find(' ') : rest.size();
        const std::size_t blank = used > 0 ? 1 : 0;
        if (used > 0 && used + blank + end > width) break;
        line.append(blank, ' ');
        if (end > width) line << rest.substr(0, width - 1) << "…";
        else line << rest.substr(0, end);
        used += blank + (end < width ? end : width);
        rest.remove_prefix(end < rest.size() ? end + 1 : end);
    }
    line.append(width - used, ' ');
    return line;
}

/// A row of the table: cells wrapped into lines; the last one stands to the right.
template <class Text>
constexpr void append_keras3_row(Text& result, std::array<std::string_view, 3> cells, std::string_view edge) {
    do {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            result << edge << " ";
            if (i == 2) {
                result.append(
                    keras3_columns[2] - (cells[2].size() < keras3_columns[2] ? cells[2].size() : keras3_columns[2]),
                    ' ');
                result << cells[2];
                cells[2] = {};
            } else {
                result << take_line(cells[i], keras3_columns[i]);
            }
            result << " ";
        }
        result << edge << "\n";
    } while (!cells[0].empty() || !cells[1].empty());
}
/// A rule: left end, line, crossing, right end.
template <class Text>
constexpr void append_keras3_rule(Text& result, const std::array<std::string_view, 4>& parts) {
    for (std::size_t i = 0; i < keras3_columns.size(); ++i) {
        result << parts[i == 0 ? 0u : 2u];
        for (std::size_t k = 0; k < keras3_columns[i] + 2; ++k) result << parts[1];
    }
    result << parts[3] << "\n";
}

/// `1.54 KB`: two decimals, rounded to even as Python does.
template <class = internal::where_used>
constexpr text<32> memory_text(std::size_t bytes) {
    constexpr std::array<std::string_view, 6> units{"B", "KB", "MB", "GB", "TB", "PB"};
    std::size_t unit = 0, scale = 1;
    while (unit + 1 < units.size() && bytes / 1024 >= scale) {
        scale *= 1024;
        ++unit;
    }
    std::size_t hundredths = bytes / scale * 100 + bytes % scale * 100 / scale;
    const std::size_t rest = bytes % scale * 100 % scale;
    if (2 * rest > scale || (2 * rest == scale && hundredths % 2 == 1)) ++hundredths;
    text<32> result;
    result << hundredths / 100 << "." << (hundredths % 100 < 10 ? "0" : "") << hundredths % 100 << " " << units[unit];
    return result;
}

/// The table; `batch` is the first extent of each output shape, 0 for None. Keras: `model.summary()`.
template <class Net, class T>
constexpr auto keras3_summary(std::size_t batch) {
    constexpr std::size_t rows = layers_of<Net>::size();
    constexpr auto counts = layer_parameter_counts<Net>();
    constexpr auto types = types_of(layers_of<Net>{});
    const text<24> first = batch == 0 ? text<24>("None") : text<24>() << batch;
    text<(rows + 3) * keras3_row_bytes> result;
    result << "Model: \"" << Net::model_name() << "\"\n";
    append_keras3_rule(result, {"┏", "━", "┳", "┓"});
    append_keras3_row(result, {"Layer (type)", "Output Shape", "Param #"}, "┃");
    append_keras3_rule(result, {"┡", "━", "╇", "┩"});
    for (std::size_t i = 0; i < rows; ++i) {
        if (i > 0) append_keras3_rule(result, {"├", "─", "┼", "┤"});
        const auto name = text<160>() << names_of<Net>[i] << " (" << types[i] << ")";
        const auto extents = to_text(shapes_of<Net>[i + 1], first);
        append_keras3_row(result, {name.view(), extents.view(), grouped(counts[i]).view()}, "│");
    }
    append_keras3_rule(result, {"└", "─", "┴", "┘"});
    const std::size_t total = Net::parameter_count(), trainable = Net::trainable_parameter_count();
    const auto line = [&](std::string_view title, std::size_t count) {
        result << " " << title << " params: " << grouped(count) << " (" << memory_text(count * sizeof(T)) << ")\n";
    };
    line("Total", total);
    line("Trainable", trainable);
    line("Non-trainable", total - trainable);
    return result;
}

template <style Style, class Net, class T>
constexpr auto styled_summary(std::size_t batch) {
    if constexpr (Style == style::keras3) return keras3_summary<Net, T>(batch);
    else return summary<Net>(batch);
}

}  // namespace strata::inline STRATA_ISA::detail
