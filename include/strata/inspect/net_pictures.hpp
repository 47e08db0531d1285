// net_pictures: a net as a graph for Graphviz, and as a picture with its steps and its memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/message.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/inspect/net_drawing.hpp>
#include <strata/model/net_interface.hpp>
#include <strata/train/decimal.hpp>
#include <strata/train/history_svg.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

/// Graphviz' language: a node a layer, a box around the layers of a step, and around the steps of a chain.
template <class = internal::where_used>
std::string net_dot(const net_drawing& drawing) {
    const graph_record& graph = drawing.graph;
    const auto quoted = [](std::string_view text) {
        std::string result = "\"";
        for (const char c : text) result += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
        return result + '"';
    };
    const auto node = [](std::size_t value) { return internal::message({"v", value}); };
    const auto layer_node = [&](std::size_t i) {
        const graph_layer& layer = graph.layers[i];
        // The two letters \n are Graphviz' own end of a line.
        std::string label = quoted(layer.name);
        label.pop_back();
        return node(i + 1) + " [label=" + label + "\\n" + layer_text(layer, "\\n") + "\"];\n";
    };
    std::string out =
        "digraph " + quoted(graph.model) +
        " {\nnode [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=Helvetica, fontsize=11];\n"
        "graph [fontname=Helvetica, fontsize=10, color=gray, labeljust=l];\n" +
        node(0) + " [label=\"input\\n" + to_text(graph.input).str() + "\"];\n";
    std::vector<bool> is_drawn(graph.layers.size());
    for (std::size_t s = 0; s < drawing.steps.size(); ++s) {
        const drawn_step& step = drawing.steps[s];
        const bool begins = step.band > 0 && step.chain == s;
        if (begins)
            out += internal::message({"subgraph cluster_chain", s, " {\nlabel=\"bands of ", step.band,
                                      step.band == 1 ? " row" : " rows", "\"; style=dashed;\n"});
        out += internal::message(
            {"subgraph cluster", s, " {\nlabel=", quoted(internal::message({"step ", s, ": ", step.algorithm})),
             "; style=filled; fillcolor=\"", step.layers.size() > 1 ? "#e3eefa" : "#f4f4f4", "\";\n"});
        for (const std::size_t layer : step.layers) {
            out += layer_node(layer);
            is_drawn[layer] = true;
        }
        out += "}\n";
        const bool ends = step.band > 0 && (s + 1 == drawing.steps.size() || drawing.steps[s + 1].chain != step.chain);
        if (ends) out += "}\n";
    }
    for (std::size_t i = 0; i < graph.layers.size(); ++i)
        if (!is_drawn[i]) out += layer_node(i);  // an alias: it computes nothing
    for (std::size_t i = 0; i < graph.layers.size(); ++i)
        for (std::size_t k = 0; k < graph.layers[i].input_count; ++k)
            out += node(graph.inputs[graph.layers[i].first_input + k]) + " -> " + node(i + 1) + ";\n";
    return out + "}\n";
}

/// The picture: steps from top to bottom, arcs for values that a later step reads, and beside them the arena: each
/// value is a bar over the steps that need it, as wide as it has bytes. Bars too narrow for their text have numbers,
/// which a list below explains.
class net_svg {
public:
    explicit net_svg(const net_drawing& drawing) : drawing_(drawing) {}

    template <class = internal::where_used>
    std::string draw() {
        place();
        std::string body = box("input", to_text(drawing_.graph.input).str(), top, "#fff5d6");
        for (std::size_t s = 0; s < drawing_.steps.size(); ++s) body += draw_step(s);
        body += draw_arcs();  // first: the arena stands to the right of their lanes
        body += draw_arena();
        body += draw_list();
        const std::string width = internal::decimal(arena_x() + arena_width + 20, 0),
                          height = internal::decimal(bottom_ + 10, 0);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
               "\" viewBox=\"0 0 " + width + " " + height +
               "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n"
               "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"20\" y=\"24\" font-size=\"15\" "
               "font-weight=\"bold\">" +
               internal::xml_text(drawing_.graph.model) + "</text>\n" + body + "</svg>\n";
    }

private:
    static constexpr double left = 34, line = 17, gap = 14, top = 44, arena_width = 400, lane = 9;
    static constexpr double letter = 6.7;  // a generous mean of the face at twelve pixels

    struct row {
        double y = 0, height = 0;
    };
    static std::string coordinate(double position) { return internal::coordinate(position); }

    /// Steps, and layers that compute nothing, which are lines below the layer that they follow.
    void place() {
        const graph_record& graph = drawing_.graph;
        lines_.resize(drawing_.steps.size());
        step_of_value_.assign(graph.layers.size() + 1, none);
        for (std::size_t s = 0; s < drawing_.steps.size(); ++s)
            for (const std::size_t layer : drawing_.steps[s].layers) {
                lines_[s].push_back(layer);
                step_of_value_[layer + 1] = s;
            }
        for (std::size_t i = 0; i < graph.layers.size(); ++i) {
            if (step_of_value_[i + 1] != none) continue;
            const std::size_t producer = step_of_value_[graph.inputs[graph.layers[i].first_input]];
            step_of_value_[i + 1] = producer;
            if (producer != none) lines_[producer].push_back(i);
        }
        for (const graph_layer& layer : graph.layers)
            box_width_ = std::max(box_width_, 44 + letter * static_cast<double>(std::string_view(layer.name).size() +
                                                                                layer_text(layer, "  ").size()));
        double y = top + line + gap + 18;
        for (std::size_t s = 0; s < lines_.size(); ++s) {
            if (drawing_.steps[s].band > 0 && drawing_.steps[s].chain == s) y += line;
            rows_of_steps_.push_back({y, line * static_cast<double>(lines_[s].size() + 1) + 8});
            y += rows_of_steps_.back().height + gap;
        }
        bottom_ = y;
    }
    std::string box(std::string_view name, const std::string& text, double y, std::string_view color) const {
        return "<rect x=\"" + coordinate(left) + "\" y=\"" + coordinate(y) + "\" width=\"" + coordinate(box_width_) +
               "\" height=\"" + coordinate(line + 8) + "\" rx=\"5\" fill=\"" + std::string(color) +
               "\" stroke=\"#999\"/>\n<text x=\"" + coordinate(left + 10) + "\" y=\"" + coordinate(y + line) +
               "\"><tspan font-weight=\"bold\">" + internal::xml_text(name) + "</tspan>  " + text + "</text>\n";
    }
    template <class = internal::where_used>
    std::string draw_step(std::size_t s) const {
        const drawn_step& step = drawing_.steps[s];
        const row& place = rows_of_steps_[s];
        std::string out;
        if (step.band > 0 && step.chain == s) {
            std::size_t last = s;
            while (last + 1 < drawing_.steps.size() && drawing_.steps[last + 1].chain == s) ++last;
            const double end = rows_of_steps_[last].y + rows_of_steps_[last].height;
            out += "<rect x=\"" + coordinate(left - 8) + "\" y=\"" + coordinate(place.y - line - 2) + "\" width=\"" +
                   coordinate(box_width_ + 16) + "\" height=\"" + coordinate(end - place.y + line + 8) +
                   "\" rx=\"7\" fill=\"#eef7ee\" stroke=\"#3a8a3a\" stroke-dasharray=\"5 3\"/>\n<text x=\"" +
                   coordinate(left) + "\" y=\"" + coordinate(place.y - 5) + "\" fill=\"#2c6e2c\">" +
                   internal::message({"bands of ", step.band, step.band == 1 ? " row" : " rows"}) + "</text>\n";
        }
        out += "<rect x=\"" + coordinate(left) + "\" y=\"" + coordinate(place.y) + "\" width=\"" +
               coordinate(box_width_) + "\" height=\"" + coordinate(place.height) + "\" rx=\"5\" fill=\"" +
               (step.layers.size() > 1 ? "#e3eefa" : "#f7f7f7") + "\" stroke=\"#999\"/>\n<text x=\"" +
               coordinate(left + 10) + "\" y=\"" + coordinate(place.y + line) + "\" fill=\"#777\">" +
               internal::message({"step ", s, ": ", step.algorithm, step.flops > 0 ? ", " : "",
                                  step.flops > 0 ? flops_text(step.flops) : ""}) +
               "</text>\n";
        for (std::size_t i = 0; i < lines_[s].size(); ++i) {
            const graph_layer& layer = drawing_.graph.layers[lines_[s][i]];
            const bool is_fused = i > 0 && i < step.layers.size(), is_alias = i >= step.layers.size();
            out += "<text x=\"" + coordinate(left + 10) + "\" y=\"" +
                   coordinate(place.y + line * static_cast<double>(i + 2)) + "\"><tspan font-weight=\"bold\">" +
                   (is_fused   ? "+ "
                    : is_alias ? "= "
                               : "") +
                   internal::xml_text(layer.name) + "</tspan>  " + internal::xml_text(layer_text(layer, "  ")) +
                   "</text>\n";
        }
        return out;
    }
    /// Where a value leaves its box, and where a step begins.
    double out_of(std::size_t value) const {
        const std::size_t s = step_of_value_[value];
        return s == none ? top + line + 8 : rows_of_steps_[s].y + rows_of_steps_[s].height;
    }
    /// From each step to those that read its value: straight to the next one, around the boxes in lanes of their own.
    template <class = internal::where_used>
    std::string draw_arcs() {
        const graph_record& graph = drawing_.graph;
        std::string out =
            "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
            "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>\n";
        std::vector<double> ends;  // of each lane, the y from where on it is free
        for (std::size_t s = 0; s < drawing_.steps.size(); ++s) {
            const graph_layer& layer = graph.layers[drawing_.steps[s].layers.front()];
            for (std::size_t k = 0; k < layer.input_count; ++k) {
                const std::size_t value = graph.inputs[layer.first_input + k], from = step_of_value_[value];
                const double begin = out_of(value), end = rows_of_steps_[s].y;
                if ((from == none && s == 0) || (from != none && from + 1 == s)) {
                    const double x = left + box_width_ / 2;
                    out += "<path d=\"M" + coordinate(x) + " " + coordinate(begin) + "V" + coordinate(end) +
                           "\" stroke=\"#555\" marker-end=\"url(#arrow)\"/>\n";
                    continue;
                }
                std::size_t i = 0;
                while (i < ends.size() && ends[i] > begin) ++i;
                if (i == ends.size()) ends.push_back(0);
                ends[i] = end + line;
                const double right = left + box_width_, x = right + 14 + lane * static_cast<double>(i);
                out += "<path d=\"M" + coordinate(right) + " " + coordinate(begin - 8) + "H" + coordinate(x) + "V" +
                       coordinate(end + 10) + "H" + coordinate(right) +
                       "\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#arrow)\"/>\n";
            }
        }
        lanes_ = ends.size();
        return out;
    }
    double arena_x() const { return left + box_width_ + 40 + lane * static_cast<double>(lanes_); }
    template <class = internal::where_used>
    std::string draw_arena() {
        static constexpr std::array<std::string_view, 6> colors{"#8fbde3", "#f2b27c", "#93cdb0",
                                                                "#d3a9cb", "#e0cb7a", "#b9b9b9"};
        const double x = arena_x(),
                     scale = arena_width / static_cast<double>(std::max<std::size_t>(drawing_.arena_bytes, 1));
        std::string out = "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(top + 14) +
                          "\" font-weight=\"bold\">arena: " + bytes_text(drawing_.arena_bytes) +
                          "</text>\n<path d=\"M" + coordinate(x) + " " + coordinate(top + 22) + "H" +
                          coordinate(x + arena_width) + "\" stroke=\"#888\"/>\n";
        for (std::size_t i = 0; i < drawing_.buffers.size(); ++i) {
            const drawn_buffer& buffer = drawing_.buffers[i];
            const double y = rows_of_steps_[buffer.begin].y,
                         height = rows_of_steps_[buffer.end].y + rows_of_steps_[buffer.end].height - y;
            const double from = x + scale * static_cast<double>(buffer.offset),
                         width = std::max(1.5, scale * static_cast<double>(buffer.size));
            const std::string size = bytes_text(buffer.size), label = buffer.contents + ": " + size;
            out += "<g><title>" + internal::xml_text(label) + "</title><rect x=\"" + coordinate(from) + "\" y=\"" +
                   coordinate(y) + "\" width=\"" + coordinate(width) + "\" height=\"" + coordinate(height) +
                   "\" fill=\"" + std::string(colors[i % colors.size()]) + "\" stroke=\"white\"/>";
            if (8 + letter * static_cast<double>(std::max(buffer.contents.size(), size.size())) <= width) {
                out += text_at(from + 5, y + 16, buffer.contents) + text_at(from + 5, y + 16 + line, size);
            } else {
                listed_.push_back(label);
                const std::string number = internal::message({listed_.size()});
                const bool is_inside = 6 + letter * static_cast<double>(number.size()) <= width;
                out += text_at(is_inside ? from + 4 : from + width + 2, y + 16, number);
            }
            out += "</g>\n";
        }
        return out;
    }
    static std::string text_at(double x, double y, std::string_view text) {
        return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\">" + internal::xml_text(text) + "</text>";
    }
    /// Contents and sizes of the bars with numbers, in two columns where they are short.
    template <class = internal::where_used>
    std::string draw_list() {
        bottom_ += line;
        std::size_t longest = 0;
        for (const std::string& each : listed_) longest = std::max(longest, each.size() + 5);
        const bool is_short = letter * static_cast<double>(longest) < box_width_;
        const std::size_t columns = is_short ? 2 : 1, rows = (listed_.size() + columns - 1) / columns;
        std::string out;
        for (std::size_t i = 0; i < listed_.size(); ++i)
            out += text_at(i < rows ? left : arena_x(), bottom_ + line * static_cast<double>(i % rows),
                           internal::message({i + 1, ": ", listed_[i]})) +
                   "\n";
        bottom_ += line * static_cast<double>(rows);
        return out;
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    const net_drawing& drawing_;
    std::vector<row> rows_of_steps_{};
    std::vector<std::vector<std::size_t>> lines_{};  // of each step its layers
    std::vector<std::size_t> step_of_value_{};
    std::vector<std::string> listed_{};  // bars whose text is below the picture
    std::size_t lanes_ = 0;
    double bottom_ = 0, box_width_ = 380;
};

}  // namespace detail

/// Of `net.to_dot()` and `net.to_svg()`.
template <class Net>
struct net_pictures {
    static std::string dot() { return detail::net_dot(detail::draw_net<Net, float>()); }
    static std::string svg() {
        const detail::net_drawing drawing = detail::draw_net<Net, float>();
        return detail::net_svg(drawing).draw();
    }
};

}  // namespace strata::inline STRATA_ISA
