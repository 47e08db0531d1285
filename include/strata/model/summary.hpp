// summary: Keras' table of a net as constexpr text.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/net/names.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// The look of a summary: of Keras 2, in letters of ASCII, or of Keras 3, with lines.
enum class style { keras2, keras3 };

namespace detail {

inline constexpr std::size_t summary_width = 65;

/// A row of three columns that end at 29, 55 and 65; what is longer is cut, as in Keras.
constexpr text<summary_width> summary_row(std::string_view first, std::string_view second, std::string_view third) {
    constexpr std::array<std::size_t, 3> ends{29, 55, 65};
    const std::array<std::string_view, 3> fields{first, second, third};
    text<summary_width> line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) line.chars[line.length - 1] = ' ';
        line.append(fields[i].substr(0, ends[i] - line.length));
        line.append(ends[i] - line.length, ' ');
    }
    return line;
}

/// The number of weights in the rows that a predicate accepts.
template <class Net, class Predicate>
constexpr std::size_t count_weights(Predicate accepts) {
    std::size_t total = 0;
    for (const weight_row& row : weight_rows_of<Net>)
        if (accepts(row)) total += row.parameter.extents.size();
    return total;
}

/// The weights of each layer of a net, nested ones summed up.
template <class Net>
constexpr auto layer_parameter_counts() {
    std::array<std::size_t, layers_of<Net>::size()> counts{};
    std::size_t i = 0;
    for (const weight_row& row : weight_rows_of<Net>) {
        while (row.layer >= flat_begins_of<Net>[i + 1]) ++i;
        counts[i] += row.parameter.extents.size();
    }
    return counts;
}

template <class... Layers>
constexpr std::array<std::string_view, sizeof...(Layers)> types_of(type_list<Layers...>) {
    return {Layers::type...};
}

/// The table; `batch` is the first extent of each output shape, 0 for None.
template <class Net>
constexpr auto summary(std::size_t batch) {
    constexpr std::size_t rows = layers_of<Net>::size();
    constexpr auto counts = layer_parameter_counts<Net>();
    constexpr auto types = types_of(layers_of<Net>{});
    const text<24> first = batch == 0 ? text<24>("None") : text<24>() << batch;
    text<(2 * rows + 10) * (summary_width + 1) + 96> result;
    const auto rule = [&](char c) { result.append(summary_width, c) << "\n"; };

    result << "Model: \"" << Net::model_name() << "\"\n";
    rule('_');
    result << summary_row("Layer (type)", "Output Shape", "Param #") << "\n";
    rule('=');
    for (std::size_t i = 0; i < rows; ++i) {
        result << summary_row(text<160>() << names_of<Net>[i] << " (" << types[i] << ")",
                              to_text(shapes_of<Net>[i + 1], first), text<24>() << counts[i])
               << "\n";
        rule(i + 1 < rows ? '_' : '=');
    }
    if (rows == 0) rule('=');
    const std::size_t total = Net::parameter_count(), trainable = Net::trainable_parameter_count();
    result << "Total params: " << grouped(total) << "\n";
    result << "Trainable params: " << grouped(trainable) << "\n";
    result << "Non-trainable params: " << grouped(total - trainable) << "\n";
    rule('_');
    return result;
}

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
