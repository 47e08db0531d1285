// architecture: the layers of a net as data, and a number that tells nets apart.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/type_list.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/weight_table.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/config_of.hpp>
#include <strata/net/net.hpp>

namespace strata::inline STRATA_ISA {

/// Layers of the flattened list as messages and files describe them. Layers that give their input unchanged at
/// inference are left out. An activation that is an option stands as a row of its own after its layer, so that
/// `Dense<8, ReLU>` and `Dense<8>, ReLU` are one architecture.
struct architecture_row {
    const layer_config* config = nullptr;
    std::size_t layer = 0;                // its number in the flattened list
    bool has_weights = false;             // of the layer: false of an activation after it
    std::size_t input_count = 1;          // more than one of a merge node
    std::array<std::size_t, 8> inputs{};  // rows before it, counted from 1; 0 is the input of the net
};

namespace detail {

/// A 64-bit FNV-1a hash.
struct fnv_hash {
    std::uint64_t value = 0xcbf29ce484222325;

    constexpr void add_byte(std::uint64_t byte) { value = (value ^ (byte & 0xff)) * 0x100000001b3; }
    constexpr void add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) add_byte(number >> shift);
    }
    constexpr void add(std::string_view text) {
        for (const char c : text) add_byte(static_cast<unsigned char>(c));
        add_byte(0);
    }
};

/// Settings that only training reads.
constexpr bool is_training_setting(std::string_view key) { return key == "momentum"; }

constexpr std::uint64_t hash_of(const layer_config& config);

constexpr std::uint64_t hash_of(const config_entry& entry) {
    fnv_hash hash;
    const config_value& value = entry.value;
    hash.add(entry.key);
    hash.add(static_cast<std::uint64_t>(value.kind));
    hash.add(static_cast<std::uint64_t>(value.integer));
    hash.add(std::bit_cast<std::uint64_t>(value.real));
    hash.add(value.text);
    for (std::size_t i = 0; i < value.count; ++i) hash.add(static_cast<std::uint64_t>(value.sizes[i]));
    hash.add(value.layer == nullptr ? 0 : hash_of(*value.layer));
    return hash.value;
}
/// The order of the settings does not count.
constexpr std::uint64_t hash_of(const layer_config& config) {
    fnv_hash hash;
    hash.add(config.type);
    std::uint64_t settings = 0;
    for (const config_entry& entry : config)
        if (!is_training_setting(entry.key)) settings += hash_of(entry);
    hash.add(settings);
    if (config.activation_layer != nullptr) hash.add(hash_of(*config.activation_layer));
    return hash.value;
}
/// The hash of a layer without the activation after it.
template <class Layer>
inline constexpr std::uint64_t config_hash_of = [] {
    layer_config config = config_of<Layer>;
    config.activation_layer = nullptr;
    return hash_of(config);
}();

/// Rows, and how many of the array there are.
template <std::size_t Most>
struct row_list {
    std::array<architecture_row, Most> rows{};
    std::array<std::uint64_t, Most> hashes{};
    std::size_t count = 0;

    constexpr void push_back(const architecture_row& row, std::uint64_t hash) {
        hashes[count] = hash;
        rows[count++] = row;
    }
};

/// Traits of a layer that the rows need.
struct architecture_layer {
    const layer_config* config = nullptr;
    std::uint64_t hash = 0, activation_hash = 0;  // of the layer alone, and of the activation after it
    bool is_identity = false;
};
template <class Layer>
inline constexpr architecture_layer architecture_layer_of = [] {
    constexpr const layer_config* activation = config_of<Layer>.activation_layer;
    return architecture_layer{.config = &config_of<Layer>,
                              .hash = config_hash_of<Layer>,
                              .activation_hash = activation == nullptr ? 0 : hash_of(*activation),
                              .is_identity = identity_at_inference<Layer>};
}();

template <class Net, class... Layers>
constexpr auto make_rows(type_list<Layers...>) {
    constexpr std::array<const architecture_layer*, sizeof...(Layers)> layers{&architecture_layer_of<Layers>...};
    row_list<2 * sizeof...(Layers) + 1> list;
    std::array<std::size_t, sizeof...(Layers) + 1> row_of_value{};  // of each value of the graph
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const flat_node& node = flat_nodes_of<Net>[i];
        architecture_row row{.config = layers[i]->config, .layer = i, .has_weights = true};
        row.input_count = node.input_count;
        for (std::size_t k = 0; k < node.input_count && k < row.inputs.size(); ++k)
            row.inputs[k] = row_of_value[value_read<Net>(i, k)];
        row_of_value[i + 1] = row.inputs[0];
        if (layers[i]->is_identity) continue;
        if (!row.config->is_activation_alone) {
            list.push_back(row, layers[i]->hash);
            row_of_value[i + 1] = list.count;
            row = {};
            row.inputs[0] = list.count;
        }
        row.has_weights = false;
        row.layer = i;
        row.config = layers[i]->config->activation_layer;
        if (row.config == nullptr) continue;
        list.push_back(row, layers[i]->activation_hash);
        row_of_value[i + 1] = list.count;
    }
    return list;
}

template <class Net>
inline constexpr auto row_list_of = make_rows<Net>(computed_layers_of<Net>{});

}  // namespace detail

/// A number that differs where nets compute different functions of their weights: it depends on the types and settings
/// of the layers, on the way of the data, and on the shapes of the weights. It does not depend on names, on
/// initializers, on what is trained, on layers that do nothing at inference, on the extents of the input, on the
/// machine.
template <class Net>
inline constexpr std::uint64_t architecture_hash = [] {
    detail::fnv_hash hash;
    const auto& list = detail::row_list_of<Net>;
    for (std::size_t i = 0; i < list.count; ++i) {
        hash.add(list.hashes[i]);
        for (std::size_t k = 0; k < list.rows[i].input_count && k < list.rows[i].inputs.size(); ++k)
            hash.add(i + 1 - list.rows[i].inputs[k]);
    }
    for (const weight_row& row : weight_rows_of<Net>)
        for (std::size_t axis = 0; axis <= row.parameter.extents.rank(); ++axis)
            hash.add(axis < row.parameter.extents.rank() ? row.parameter.extents[axis] : 0);
    return hash.value;
}();

/// The architecture of a net as data, for code that is no template of the net.
struct architecture_outline {
    std::uint64_t hash = 0;
    std::span<const architecture_row> rows{};
    std::span<const weight_row> weights{};
};

template <class Net>
inline constexpr architecture_outline architecture_outline_of{
    .hash = architecture_hash<Net>,
    .rows = std::span(detail::row_list_of<Net>.rows).first(detail::row_list_of<Net>.count),
    .weights = weight_rows_of<Net>};

}  // namespace strata::inline STRATA_ISA
