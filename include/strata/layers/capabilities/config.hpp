// config: the settings of a layer as data, in Keras' spelling: for files of Keras, for messages, for the hash of a net.
//
// A layer that Keras has writes
//
//   static constexpr layer_config config()
//
// which lists its sizes, such as {{"units", Units}}; options that it takes (strides, padding, an activation, ...) are
// added to them (config_of.hpp). A layer without this function is told from others by its type and the shapes of its
// weights alone, and a net that has one cannot be saved as a .keras file.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <strata/core/border.hpp>
#include <strata/core/config.hpp>
#include <strata/core/shape.hpp>
#include <strata/core/window.hpp>

namespace strata::inline STRATA_ISA {

struct layer_config;

enum class config_kind : unsigned char { none, boolean, integer, real, text, sizes, pairs, layer };

/// The value of a setting. Sizes are a list of integers, pairs a list of lists of two. A layer is another layer, or an
/// activation with settings of its own.
struct config_value {
    config_kind kind = config_kind::none;
    std::int64_t integer = 0;
    double real = 0.0;
    std::string_view text{};
    std::array<std::int64_t, 6> sizes{};
    std::size_t count = 0;
    const layer_config* layer = nullptr;

    constexpr config_value() = default;
    template <std::same_as<bool> Bool>
    constexpr config_value(Bool value) : kind(config_kind::boolean), integer(value ? 1 : 0) {}
    constexpr config_value(int value) : kind(config_kind::integer), integer(value) {}
    constexpr config_value(double value) : kind(config_kind::real), real(value) {}
    constexpr config_value(std::string_view value) : kind(config_kind::text), text(value) {}
    constexpr config_value(const char* value) : config_value(std::string_view(value)) {}
    constexpr config_value(window value) : kind(config_kind::sizes), sizes{value.height, value.width}, count(2) {}
    constexpr config_value(border value)
        : kind(config_kind::pairs), sizes{value.top, value.bottom, value.left, value.right}, count(4) {}
    constexpr config_value(ends value) : kind(config_kind::sizes), sizes{value.before, value.after}, count(2) {}
    constexpr config_value(const layer_config* value) : kind(config_kind::layer), layer(value) {}
    /// A list of any integers with size and index.
    template <class List>
        requires requires(const List& list) { list[0] + 1; } && (!std::convertible_to<List, std::string_view>)
    constexpr config_value(const List& list, std::size_t size) : kind(config_kind::sizes), count(size) {
        for (std::size_t i = 0; i < size; ++i) sizes[i] = static_cast<std::int64_t>(list[i]);
    }
    /// A list of one size.
    static constexpr config_value one_size(int value) {
        config_value result(window{value, value});
        result.count = 1;
        return result;
    }

    friend constexpr bool operator==(const config_value&, const config_value&) = default;
};

struct config_entry {
    std::string_view key{};
    config_value value{};
};

/// The settings of a layer that differ from Keras' defaults.
struct layer_config {
    static constexpr std::size_t most = 12;

    std::string_view type{};        // the layer's, as C++ spells it
    std::string_view class_name{};  // Keras'
    std::array<config_entry, most> entries{};
    std::size_t count = 0;
    /// The activation after the layer; none where it is linear. A layer that is an activation alone has nothing else.
    config_value activation{};
    const layer_config* activation_layer = nullptr;
    bool is_activation_alone = false;
    bool is_keras = true;  // Keras has the layer with all its settings

    constexpr layer_config() = default;
    constexpr layer_config(std::initializer_list<config_entry> list) {
        for (const config_entry& entry : list) push_back(entry);
    }

    constexpr void push_back(const config_entry& entry) { entries[count++] = entry; }
    constexpr const config_value* find(std::string_view key) const {
        for (std::size_t i = 0; i < count; ++i)
            if (entries[i].key == key) return &entries[i].value;
        return nullptr;
    }
    constexpr const config_entry* begin() const { return entries.data(); }
    constexpr const config_entry* end() const { return entries.data() + count; }
};

template <class Layer>
constexpr layer_config make_config();

/// The settings of a layer, those of its options included; config_of.hpp makes them.
template <class Layer>
inline constexpr layer_config config_of = make_config<Layer>();

/// An activation as a setting: Keras' name of it, or a layer where it has settings of its own.
template <class Activation>
constexpr config_value activation_value() {
    if constexpr (requires { Activation::keras_activation; }) return std::string_view(Activation::keras_activation);
    else return &config_of<Activation>;
}

/// The settings of Keras' layer Activation.
template <class Activation>
constexpr layer_config activation_config() {
    layer_config result;
    result.activation = activation_value<Activation>();
    result.class_name = "Activation";
    return result;
}

template <class Layer>
concept has_config = requires {
    { Layer::config() } -> std::same_as<layer_config>;
};

}  // namespace strata::inline STRATA_ISA
