// architecture_text: the architecture of a net as text, which strata stores in weight files and compares on loading.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/config.hpp>
#include <strata/core/file_error.hpp>
#include <strata/core/text.hpp>
#include <strata/core/where_used.hpp>
#include <strata/graph/architecture.hpp>
#include <strata/io/json_text.hpp>

namespace strata::inline STRATA_ISA::io {

/// Under this name files hold the text: in the metadata of .safetensors and .keras, as an attribute of HDF5 files, as
/// an array of bytes of .npz.
inline constexpr std::string_view architecture_key = "strata_architecture";
/// The text begins with this, then come the hash and a line for each layer. Another version is not compared.
inline constexpr std::string_view architecture_head = "strata-architecture 1 ";

/// A setting as text: `3`, `0.5`, `same`, `[3, 3]`.
template <class = internal::where_used>
std::string setting_text(const config_value& value);

/// The settings of a layer in the order of their names, `Dense(units=8, use_bias=false)`.
template <class = internal::where_used>
std::string config_text(const layer_config& config) {
    std::vector<std::string> settings;
    for (const config_entry& entry : config)
        if (!detail::is_training_setting(entry.key))
            settings.push_back(std::string(entry.key) + "=" + setting_text(entry.value));
    std::sort(settings.begin(), settings.end());
    std::string result(config.type);
    result += "(";
    for (std::size_t i = 0; i < settings.size(); ++i) result += (i > 0 ? ", " : "") + settings[i];
    return result + ")";
}

template <class>
std::string setting_text(const config_value& value) {
    if (value.kind == config_kind::boolean) return value.integer != 0 ? "true" : "false";
    if (value.kind == config_kind::integer) return std::to_string(value.integer);
    if (value.kind == config_kind::real) return number_text(value.real);
    if (value.kind == config_kind::text) return std::string(value.text);
    if (value.kind == config_kind::layer) {
        const std::string inner = config_text(*value.layer);
        return value.layer->activation_layer == nullptr ? inner
                                                        : inner + " " + config_text(*value.layer->activation_layer);
    }
    std::string list = "[";
    for (std::size_t i = 0; i < value.count; ++i) list += (i > 0 ? ", " : "") + std::to_string(value.sizes[i]);
    return list + "]";
}

/// A line for each row: the layer, which rows it reads where that is not the one before it, the shapes of its weights.
template <class = internal::where_used>
std::vector<std::string> architecture_lines(const architecture_outline& net) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < net.rows.size(); ++i) {
        const architecture_row& row = net.rows[i];
        std::string line = config_text(*row.config);
        if (row.input_count > 1 || row.inputs[0] != i) {
            line += " of";
            for (std::size_t k = 0; k < std::min(row.input_count, row.inputs.size()); ++k)
                line.append(" ").append(std::to_string(row.inputs[k]));
        }
        for (const weight_row& weight : net.weights)
            if (row.has_weights && weight.layer == row.layer)
                line.append(", ")
                    .append(weight.parameter.label().view())
                    .append(" ")
                    .append(to_text(weight.parameter.extents).view());
        lines.push_back(std::move(line));
    }
    return lines;
}

template <class = internal::where_used>
std::string architecture_text(const architecture_outline& net) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(architecture_head);
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[(net.hash >> shift) & 15];
    for (const std::string& line : architecture_lines(net)) text += "\n" + line;
    return text;
}

/// Whether a text of a file is of a version that can be compared.
template <class = internal::where_used>
bool is_comparable(std::string_view text) {
    return text.starts_with(architecture_head) && text.size() >= architecture_head.size() + 16;
}
/// Whether a text of a file is the architecture of a net.
template <class = internal::where_used>
bool is_architecture_of(std::string_view text, const architecture_outline& net) {
    const std::string own = architecture_text(net);
    const std::size_t end = architecture_head.size() + 16;
    return text.substr(0, end) == std::string_view(own).substr(0, end);
}

/// The lines of a text of a file.
template <class = internal::where_used>
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t begin = text.find('\n'), end; begin != std::string_view::npos; begin = end) {
        end = text.find('\n', begin + 1);
        lines.emplace_back(text.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1));
    }
    return lines;
}

/// How many lines of a text come before the first that differs from the net's.
template <class = internal::where_used>
std::size_t equal_lines(std::string_view text, const architecture_outline& net) {
    const std::vector<std::string> in_file = lines_of(text), own = architecture_lines(net);
    std::size_t i = 0;
    while (i < std::min(in_file.size(), own.size()) && in_file[i] == own[i]) ++i;
    return i;
}

/// The first layer that differs between a text of a file and a net, in words.
template <class = internal::where_used>
std::string first_difference(std::string_view text, const architecture_outline& net) {
    const std::vector<std::string> in_file = lines_of(text), own = architecture_lines(net);
    const std::size_t i = equal_lines(text, net);
    std::string name = "layer " + std::to_string(i + 1);
    for (const weight_row& weight : net.weights)
        if (i < net.rows.size() && net.rows[i].has_weights && weight.layer == net.rows[i].layer)
            name = "layer " + std::string(weight.path()) + " (" + std::string(net.rows[i].config->type) + ")";
    return name + " is " + (i < own.size() ? own[i] : "missing") + " in the net and " +
           (i < in_file.size() ? in_file[i] : "missing") + " in the file";
}

/// Refuses a file whose text, which may be empty, is that of another architecture.
template <class = internal::where_used>
void compare_architecture(const std::filesystem::path& file, std::string_view text, const architecture_outline& net) {
    if (!is_comparable(text) || is_architecture_of(text, net)) return;
    throw file_error(file, "holds the weights of another architecture: " + first_difference(text, net) +
                               "; load a file that was saved from the same architecture");
}

}  // namespace strata::inline STRATA_ISA::io
