// The table of a net's weights.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/storage.hpp>
#include <strata/core/text.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/kernels/gemm/panels.hpp>
#include <strata/layers/capabilities/packed_weights.hpp>
#include <strata/layers/parameter.hpp>
#include <strata/layers/weights.hpp>
#include <strata/net/names.hpp>
#include <strata/net/net.hpp>
#include <strata/net/shapes.hpp>

namespace strata::inline STRATA_ISA {

/// One weight of a net: `path` is its layer's (`base/conv2d`), `layer` that layer's index in the flattened list.
struct weight_row {
    text<128> name{};
    std::size_t path_length = 0;
    strata::parameter parameter{};
    bool trainable = true;
    std::size_t layer = 0;

    constexpr std::string_view path() const { return name.view().substr(0, path_length); }
};

namespace detail {

template <class Net, class... Layers, std::size_t... I>
constexpr auto all_parameters(type_list<Layers...>, std::index_sequence<I...>) {
    return std::array<std::span<const parameter>, sizeof...(Layers)>{
        parameters_of<Layers, flat_nodes_of<Net>[I].in>...};
}
/// The rows of the weights of each layer of the flattened list.
template <class Net>
inline constexpr auto all_parameters_of =
    all_parameters<Net>(computed_layers_of<Net>{}, std::make_index_sequence<flat_layers_of<Net>::size()>{});

/// A table of weights while it is made, and the flattened list that it is made of.
struct growing_weights {
    weight_row* rows = nullptr;
    const flat_node* nodes = nullptr;
    const std::span<const parameter>* parameters = nullptr;  // of each layer of the flattened list
    std::size_t count = 0, flat_index = 0;

    /// Appends the rows of the next layer of the flattened list.
    constexpr void append(const text<128>& path) {
        for (const strata::parameter& each : parameters[flat_index]) {
            weight_row& row = rows[count++];  // written in place: constant evaluation copies text by characters
            row.name = path;
            row.name << "/";
            each.append_label(row.name);
            row.path_length = path.size();
            row.parameter = each;
            row.trainable = each.trainable && !nodes[flat_index].is_frozen;
            row.layer = flat_index;
        }
        ++flat_index;
    }
};

/// Appends a layer's rows.
template <class Layer>
constexpr void append_weights(growing_weights& weights, const text<128>& path) {
    if constexpr (composite<Layer>) {
        std::size_t index = 0;
        const auto add = [&]<class... Layers>(type_list<Layers...>) {
            evaluate_in_order{
                0, (append_weights<Layers>(weights, text<128>(path) << "/" << names_of<Layer>[index++]), 0)...};
        };
        add(layers_of<Layer>{});
        if constexpr (branching<Layer>) ++weights.flat_index;
    } else {
        weights.append(path);
    }
}

template <std::size_t Nodes>
constexpr std::size_t count_rows(const std::array<std::span<const parameter>, Nodes>& layers) {
    std::size_t count = 0;
    for (const std::span<const parameter>& rows : layers) count += rows.size();
    return count;
}

template <class Net, class... Layers>
constexpr auto weight_rows(type_list<Layers...>) {
    std::array<weight_row, count_rows(all_parameters_of<Net>)> rows{};
    [[maybe_unused]] growing_weights weights{
        .rows = rows.data(), .nodes = flat_nodes_of<Net>.data(), .parameters = all_parameters_of<Net>.data()};
    [[maybe_unused]] std::size_t index = 0;
    evaluate_in_order{0, (append_weights<Layers>(weights, text<128>(names_of<Net>[index++].view())), 0)...};
    return rows;
}

template <class T>
constexpr std::size_t aligned_size(std::size_t elements) {
    constexpr std::size_t unit = alignment / sizeof(T);
    return (elements + unit - 1) / unit * unit;
}

/// Elements of the packed form of each layer's weights.
template <class Net, class T, class... Layers, std::size_t... I>
constexpr auto packed_sizes(type_list<Layers...>, std::index_sequence<I...>) {
    return std::array<std::size_t, sizeof...(Layers) + 1>{
        aligned_size<T>(packed_size_of<Layers, flat_nodes_of<Net>[I].in, T>)..., 0};
}

}  // namespace detail

/// All weights of a net in Keras' order.
template <class Net>
inline constexpr auto weight_rows_of = detail::weight_rows<Net>(layers_of<Net>{});

/// Elements of the packed form of the weights of each layer of the flattened list, padding included.
template <class Net, class T>
inline constexpr auto packed_sizes_of = detail::packed_sizes<Net, T>(
    detail::computed_layers_of<Net>{}, std::make_index_sequence<flat_layers_of<Net>::size()>{});

/// Elements of each weight in the block, padding included.
template <class Net, class T>
inline constexpr auto weight_sizes_of = [] {
    std::array<std::size_t, weight_rows_of<Net>.size()> sizes{};
    for (std::size_t i = 0; i < sizes.size(); ++i)
        sizes[i] = detail::aligned_size<T>(weight_rows_of<Net>[i].parameter.template storage<T>().stored());
    return sizes;
}();

/// Offsets of the weights in the block of a Model<Net, T>, in elements; the last is the block's size. After the last
/// weight of a layer lies their packed form.
template <class Net, class T>
inline constexpr auto weight_offsets_of = [] {
    constexpr std::size_t count = weight_rows_of<Net>.size();
    std::array<std::size_t, count + 1> offsets{};
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t layer = weight_rows_of<Net>[i].layer;
        const bool last = i + 1 == count || weight_rows_of<Net>[i + 1].layer != layer;
        offsets[i + 1] = offsets[i] + weight_sizes_of<Net, T>[i] + (last ? packed_sizes_of<Net, T>[layer] : 0);
    }
    return offsets;
}();

namespace detail {

/// The number of the first weight of each layer of the flattened list, or where it would stand; then of all.
template <class Net>
inline constexpr auto weight_begins_of = [] {
    std::array<std::size_t, flat_layers_of<Net>::size() + 1> begins{};
    for (const weight_row& row : weight_rows_of<Net>) ++begins[row.layer + 1];
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    return begins;
}();
/// The number of a layer's first weight, and how many it has.
template <class Net, std::size_t Layer>
inline constexpr std::pair<std::size_t, std::size_t> weight_range_of{
    weight_begins_of<Net>[Layer], weight_begins_of<Net>[Layer + 1] - weight_begins_of<Net>[Layer]};

/// How many layers of the flattened list a layer is.
template <class Layer>
inline constexpr std::size_t flat_size = 1;
template <composite Layer>
inline constexpr std::size_t flat_size<Layer> = flattened<Layer>::type::size();

template <class... Layers>
constexpr auto flat_begins(type_list<Layers...>) {
    std::array<std::size_t, sizeof...(Layers) + 1> begins{0, flat_size<Layers>...};
    for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    return begins;
}
/// Where each layer of a net begins in the flattened list, and where the last one ends.
template <class Net>
inline constexpr auto flat_begins_of = flat_begins(layers_of<Net>{});

}  // namespace detail

}  // namespace strata::inline STRATA_ISA
