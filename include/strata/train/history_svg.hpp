// history_svg: the curves of a training as a picture with axes and legends, one panel per kind of value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/where_used.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/svg_axis.hpp>

namespace strata::internal {

struct curve {
    std::string name;
    std::vector<double> values;
};

/// Sizes in pixels. Letters are counted at seven pixels, the width of a wide sans-serif face at twelve.
struct svg_layout {
    static constexpr double plot_width = 400, plot_height = 240, left = 62, right = 18, title = 34, row = 18,
                            bottom = 46;
    static constexpr double letter = 7, sample = 34, panel = left + plot_width + right;
};

/// A hue for each quantity, told apart by colour-blind readers too (Okabe and Ito): training in full, validation
/// lighter.
struct hue {
    std::string_view train, validation;
};
inline constexpr std::array<hue, 6> hues{{{"#0072b2", "#5fb4e5"},
                                          {"#c04d00", "#f09a5b"},
                                          {"#00805c", "#58c4a3"},
                                          {"#94508a", "#d596c8"},
                                          {"#8a6d00", "#d9b93b"},
                                          {"#444444", "#9a9a9a"}}};

/// The quantity of a curve: `loss` for `val_loss`.
inline bool is_validation(std::string_view name) { return name.starts_with("val_"); }
inline std::string_view quantity(std::string_view name) { return is_validation(name) ? name.substr(4) : name; }

template <class = where_used>
std::string xml_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '<') result += "&lt;";
        else if (c == '&') result += "&amp;";
        else if (c == '"') result += "&quot;";
        else result += c;
    }
    return result;
}
/// A coordinate.
template <class = where_used>
std::string coordinate(double position) {
    return decimal(position, 1);
}

/// All values of some curves, in order of size.
template <class Curve>
sorted_values values_of(const std::vector<const Curve*>& curves) {
    std::vector<double> all;
    for (const Curve* each : curves) all.insert(all.end(), each->values.begin(), each->values.end());
    return sorted_values(std::move(all));
}

/// One panel: a title, a legend, axes with ticks, and the curves. Curve is `curve`: a template, so that it is compiled
/// only in programs that draw.
template <class Curve>
class svg_panel {
public:
    svg_panel(std::string_view title, std::vector<const Curve*> curves, std::size_t first_epoch)
        : title_(title),
          curves_(std::move(curves)),
          first_(static_cast<double>(first_epoch)),
          axis_(values_of(curves_)) {
        count_ = curves_.front()->values.size();
    }

    /// The height of the legend: names that do not fit beside each other take several rows.
    double legend_height() const { return place_legend(nullptr); }

    std::string draw(double x, double top, double legend_height) {
        x_ = x + layout::left;
        top_ = top;
        y_ = top + layout::title + legend_height;
        std::string out =
            "<text x=\"" + coordinate(x_) + "\" y=\"" + coordinate(top + 22) + "\" class=\"title\">" +
            xml_text(title_) +
            (axis_.is_log() ? "<tspan font-weight=\"normal\" font-size=\"12\"> (logarithmic)</tspan>" : "") +
            "</text>\n";
        place_legend(&out);
        draw_axes(out);
        for (const Curve* each : curves_) draw_curve(out, *each);
        return out;
    }

private:
    using layout = svg_layout;

    double place_legend(std::string* out) const {
        double x = 0, y = 0;
        for (const Curve* each : curves_) {
            const double width = layout::sample + layout::letter * static_cast<double>(each->name.size()) + 14;
            if (x > 0 && x + width - 14 > layout::plot_width) {
                x = 0;
                y += layout::row;
            }
            if (out != nullptr) {
                const std::string middle = coordinate(top_ + layout::title + y + 4);
                *out += "<line x1=\"" + coordinate(x_ + x) + "\" y1=\"" + middle + "\" x2=\"" +
                        coordinate(x_ + x + layout::sample - 7) + "\" y2=\"" + middle + "\" " + stroke(*each) +
                        "/>\n<text x=\"" + coordinate(x_ + x + layout::sample) + "\" y=\"" +
                        coordinate(top_ + layout::title + y + 8) + "\">" + xml_text(each->name) + "</text>\n";
            }
            x += width;
        }
        return y + layout::row + 6;
    }

    void draw_axes(std::string& out) const {
        const double bottom = y_ + layout::plot_height, right = x_ + layout::plot_width;
        for (const auto& [value, text] : axis_.ticks())
            out += "<path class=\"grid\" d=\"M" + coordinate(x_) + " " + coordinate(down(value)) + "H" +
                   coordinate(right) + "\"/>\n<text x=\"" + coordinate(x_ - 8) + "\" y=\"" +
                   coordinate(down(value) + 4) + "\" text-anchor=\"end\">" + text + "</text>\n";
        const double last = first_ + static_cast<double>(count_) - 1,
                     step = std::max(1.0, tick_step(std::max(last - first_, 1.0), 8));
        for (double epoch = std::ceil(first_ / step) * step; epoch <= last; epoch += step) {
            const std::string x = coordinate(across(epoch));
            out += "<path class=\"axis\" d=\"M" + x + " " + coordinate(bottom) + "v5\"/>\n<text x=\"" + x + "\" y=\"" +
                   coordinate(bottom + 18) + "\" text-anchor=\"middle\">" + decimal(epoch, 0) + "</text>\n";
        }
        out += "<path class=\"axis\" d=\"M" + coordinate(x_) + " " + coordinate(y_) + "V" + coordinate(bottom) + "H" +
               coordinate(right) + "\"/>\n<text x=\"" + coordinate((x_ + right) / 2) + "\" y=\"" +
               coordinate(bottom + 38) + "\" text-anchor=\"middle\">epoch</text>\n";
    }

    void draw_curve(std::string& out, const Curve& c) const {
        std::string path, dots;
        const auto drawable = [&](std::size_t i) { return i < c.values.size() && is_drawable(c.values[i]); };
        for (std::size_t i = 0; i < c.values.size(); ++i) {
            if (!drawable(i)) continue;
            const bool continues = i > 0 && drawable(i - 1), is_alone = !continues && !drawable(i + 1);
            const std::string x = coordinate(across(first_ + static_cast<double>(i))),
                              y = coordinate(down(c.values[i]));
            path += (continues ? "L" : "M") + x + " " + y;
            if (axis_.side(c.values[i]) != 0) dots += beyond_mark(x, c.values[i]);
            else if (is_alone || count_ <= 30) dots += "<circle cx=\"" + x + "\" cy=\"" + y + "\" r=\"2.5\"/>";
        }
        out += "<g fill=\"" + std::string(colour(c)) + "\"><title>" + xml_text(c.name) + "</title><path d=\"" + path +
               "\" fill=\"none\" " + stroke(c) + "/>" + dots + "</g>\n";
    }

    /// An arrow at the end of the axis for a value beyond it, with the value.
    std::string beyond_mark(const std::string& x, double value) const {
        const bool is_above = axis_.side(value) > 0;
        const double y = is_above ? y_ : y_ + layout::plot_height;
        return "<path d=\"M" + x + " " + coordinate(y) + (is_above ? "l-4 8h8z" : "l-4 -8h8z") + "\"/><text x=\"" + x +
               "\" dx=\"7\" y=\"" + coordinate(is_above ? y + 9 : y - 2) + "\" font-size=\"10\">" +
               axis_.text_of(value) + "</text>";
    }

    double across(double epoch) const {
        if (count_ == 1) return x_ + layout::plot_width / 2;
        return x_ + layout::plot_width * (epoch - first_) / (static_cast<double>(count_) - 1);
    }
    double down(double value) const { return y_ + layout::plot_height * (1 - axis_.place(value)); }

    std::string_view colour(const Curve& c) const {
        std::vector<std::string_view> earlier;
        for (const Curve* each : curves_) {
            if (quantity(each->name) == quantity(c.name)) break;
            if (std::find(earlier.begin(), earlier.end(), quantity(each->name)) == earlier.end())
                earlier.push_back(quantity(each->name));
        }
        const hue& found = hues[earlier.size() % hues.size()];
        return is_validation(c.name) ? found.validation : found.train;
    }
    std::string stroke(const Curve& c) const {
        return "stroke=\"" + std::string(colour(c)) + "\" stroke-width=\"2\"" +
               (is_validation(c.name) ? " stroke-dasharray=\"6 4\"" : "");
    }

    std::string title_;
    std::vector<const Curve*> curves_;
    std::size_t count_ = 0;
    double first_, x_ = 0, y_ = 0, top_ = 0;
    value_axis axis_;
};

/// Curves of metrics in groups that share an axis: the usual values of each quantity of a group span at least a seventh
/// of the axis. A quantity is a score of the training and of the validation.
template <class Curve>
std::vector<std::vector<const Curve*>> groups_of_one_scale(const std::vector<const Curve*>& metrics) {
    std::vector<std::vector<const Curve*>> quantities, groups;
    for (const Curve* each : metrics) {
        const auto found = std::find_if(quantities.begin(), quantities.end(), [&](const auto& curves) {
            return quantity(curves.front()->name) == quantity(each->name);
        });
        if (found == quantities.end()) quantities.push_back({each});
        else found->push_back(each);
    }
    const auto range = [](const std::vector<const Curve*>& curves) {
        const sorted_values values = values_of(curves);
        return values.empty() ? 0.0 : values.usual_high() - values.usual_low();
    };
    const auto fits = [&](std::vector<const Curve*> group, const std::vector<const Curve*>& added) {
        group.insert(group.end(), added.begin(), added.end());
        const double all = range(group);
        return std::all_of(quantities.begin(), quantities.end(), [&](const auto& each) {
            const bool is_member = std::find(group.begin(), group.end(), each.front()) != group.end();
            return !is_member || range(each) == 0 || range(each) >= all / 7;
        });
    };
    for (const auto& each : quantities) {
        const auto found =
            std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return fits(group, each); });
        if (found == groups.end()) groups.push_back(each);
        else found->insert(found->end(), each.begin(), each.end());
    }
    return groups;
}

/// The picture. The loss, metrics of one scale and the learning rate have a panel each, two in a row; training is
/// drawn solid, validation dashed. first_epoch is the number of the first value.
template <class Curve>
std::string history_svg(const std::vector<Curve>& curves, std::size_t first_epoch) {
    constexpr std::size_t in_row = 2;
    std::vector<const Curve*> losses, metrics, rates;
    for (const Curve& each : curves) {
        if (each.values.empty()) continue;
        const std::string_view name = quantity(each.name);
        (name == "loss" ? losses : name == "learning_rate" ? rates : metrics).push_back(&each);
    }
    std::vector<svg_panel<Curve>> panels;
    if (!losses.empty()) panels.emplace_back("loss", losses, first_epoch);
    for (const std::vector<const Curve*>& group : groups_of_one_scale(metrics)) {
        const std::string_view first = quantity(group.front()->name);
        const bool is_one =
            std::all_of(group.begin(), group.end(), [&](const Curve* c) { return quantity(c->name) == first; });
        panels.emplace_back(is_one ? first : "metrics", group, first_epoch);
    }
    if (!rates.empty()) panels.emplace_back("learning rate", rates, first_epoch);

    double legend = 0;
    for (const svg_panel<Curve>& each : panels) legend = std::max(legend, each.legend_height());
    const std::size_t columns = std::clamp<std::size_t>(panels.size(), 1, in_row),
                      rows = std::max<std::size_t>((panels.size() + in_row - 1) / in_row, 1);
    const double row_height = svg_layout::title + legend + svg_layout::plot_height + svg_layout::bottom;
    const double width = svg_layout::panel * static_cast<double>(columns);
    const double height = row_height * static_cast<double>(rows);
    std::string out =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + decimal(width, 0) + "\" height=\"" + decimal(height, 0) +
        "\" viewBox=\"0 0 " + decimal(width, 0) + " " + decimal(height, 0) +
        "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n"
        "<style>.title{font-size:15px;font-weight:bold}.grid{stroke:#e4e4e4}.axis{stroke:#888;fill:none}</style>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    if (panels.empty()) out += "<text x=\"20\" y=\"30\">no epochs</text>\n";
    for (std::size_t i = 0; i < panels.size(); ++i) {
        const std::size_t row = i / in_row;
        out += panels[i].draw(svg_layout::panel * static_cast<double>(i % in_row),
                              row_height * static_cast<double>(row), legend);
    }
    return out + "</svg>\n";
}

}  // namespace strata::internal
