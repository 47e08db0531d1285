// print_summary: Keras 3's table, in colours where the output is a terminal that shows them.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/terminal.hpp>
#include <strata/core/where_used.hpp>
#include <strata/model/summary.hpp>
#include <strata/train/output.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// The table with Keras' colours: bold titles, blue types, green numbers, None in light blue.
template <class = internal::where_used>
std::string colored_summary(std::string_view table) {
    constexpr std::string_view plain = "\x1b[0m", bold = "\x1b[1m", type = "\x1b[38;5;33m", number = "\x1b[38;5;34m",
                               none = "\x1b[38;5;45m", bar = "│";
    std::string result;
    while (!table.empty()) {
        const std::size_t end = table.find('\n');
        const std::string_view line = table.substr(0, end);
        table.remove_prefix(end == table.npos ? table.size() : end + 1);
        const bool is_row = line.starts_with(bar);
        const std::size_t colon = line.find(" params:");
        std::size_t column = 0;
        const auto paint = [&](std::string_view color, std::string_view text) {
            result.append(color).append(text).append(plain);
        };
        if (line.starts_with("Model:") || line.starts_with("┃")) {
            paint(bold, line);
        } else {
            for (std::size_t i = 0; i < line.size();) {
                const std::string_view rest = line.substr(i);
                const auto take = [&](std::string_view letters) {
                    return rest.substr(0, rest.find_first_not_of(letters));
                };
                const std::string_view digits = take("0123456789,");
                if (is_row && rest.starts_with(bar)) {
                    ++column;
                    result.append(bar);
                    i += bar.size();
                } else if (is_row && column == 1 && rest.front() == '(' && rest.find(')') != rest.npos) {
                    const std::size_t close = rest.find(')');
                    result += '(';
                    paint(type, rest.substr(1, close - 1));
                    i += close;
                } else if (is_row && column == 2 && rest.starts_with("None")) {
                    paint(none, "None");
                    i += 4;
                } else if (!digits.empty() && digits.front() != ',' &&
                           ((is_row && column > 1) || (colon < i && line.find('(') > i))) {
                    const std::size_t last = digits.find_last_not_of(',') + 1;
                    paint(number, digits.substr(0, last));
                    i += last;
                } else if (i == 0 && colon != line.npos) {
                    paint(bold, line.substr(0, colon + 9));
                    i = colon + 9;
                } else {
                    result += line[i++];
                }
            }
        }
        result += '\n';
    }
    return result;
}

}  // namespace detail

/// Prints `summary<style::keras3>()` of a net or a model. Keras: `model.summary()`.
template <class Net>
void print_summary(const Net& net, std::ostream& out = detail::output(),
                   bool in_colors = internal::stdout_has_colors()) {
    const auto table = net.template summary<style::keras3>();
    out << (in_colors ? detail::colored_summary(table.view()) : table.str()) << std::flush;
}

}  // namespace strata::inline STRATA_ISA
