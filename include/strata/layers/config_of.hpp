// config_of: the settings of a layer, those of its options included.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/evaluate_in_order.hpp>
#include <strata/core/window.hpp>
#include <strata/layers/capabilities/config.hpp>
#include <strata/layers/capabilities/properties.hpp>
#include <strata/layers/convolution_options.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/recurrent_option.hpp>

namespace strata::inline STRATA_ISA {

namespace detail {

constexpr bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// An option that does not change what a trained layer computes.
constexpr bool is_silent_option(std::string_view kind) {
    return kind == name<"">::kind || kind == frozen::kind || kind == input_shape<>::kind ||
           kind == algorithm::direct::kind || kind == memory::smallest::kind || kind == unit_forget_bias<true>::kind ||
           kind == stateful::kind || contains(kind, "initializer") || contains(kind, "regularizer");
}

constexpr std::string_view padding_name(padding_mode mode) {
    return mode == padding_mode::valid ? "valid" : mode == padding_mode::same ? "same" : "causal";
}

/// A window of an option, of one number for layers over sequences.
constexpr config_value window_value(const layer_config& config, window value) {
    for (const std::string_view key : {"kernel_size", "pool_size"})
        if (const config_value* own = config.find(key); own != nullptr && own->count == 1)
            return config_value::one_size(value.height);
    return value;
}

template <class Option>
constexpr void append_option(layer_config& config) {
    constexpr std::string_view kind = kind_of<Option>();
    const auto add = [&](std::string_view key, const config_value& value, const config_value& otherwise) {
        if (config.find(key) == nullptr && value != otherwise) config.push_back({key, value});
    };
    if constexpr (is_silent_option(kind)) {
    } else if constexpr (kind == activation_kind) {
        if (config.find("activation") != nullptr || identity_at_inference<Option>) return;
        config.activation = activation_value<Option>();
        config.activation_layer = &config_of<Option>;
        config.is_keras = config.is_keras && config_of<Option>.is_keras;
    } else if constexpr (kind == strides<1>::kind) {
        add("strides", window_value(config, Option::value), window_value(config, window{1}));
    } else if constexpr (kind == dilation<1>::kind) {
        add("dilation_rate", window_value(config, Option::value), window_value(config, window{1}));
    } else if constexpr (kind == padding::valid::kind) {
        add("padding", padding_name(Option::value), "valid");
    } else if constexpr (kind == groups<1>::kind) {
        add("groups", Option::value, 1);
    } else if constexpr (kind == depth_multiplier<1>::kind) {
        add("depth_multiplier", Option::value, 1);
    } else if constexpr (kind == no_bias::kind) {
        add("use_bias", false, true);
    } else if constexpr (kind == no_center::kind) {
        add("center", false, true);
    } else if constexpr (kind == no_scale::kind) {
        add("scale", false, true);
    } else if constexpr (kind == return_sequences::kind) {
        add("return_sequences", true, false);
    } else if constexpr (kind == go_backwards::kind) {
        add("go_backwards", true, false);
    } else if constexpr (kind == reset_after<true>::kind) {
        add("reset_after", Option::value, true);
    } else {
        for (const std::string_view known : {"epsilon<...>", "momentum<...>", "recurrent_activation<...>", "merge::...",
                                             "interpolation::...", "shared_axes<...>"})
            if (kind == known) return;  // the layer itself says these
        config.push_back({kind, true});
        config.is_keras = false;
    }
}

template <class... Options>
constexpr void append_options(layer_config& config, option_list<Options...>) {
    evaluate_in_order{0, (append_option<Options>(config), 0)...};
}

}  // namespace detail

template <class Layer>
constexpr layer_config make_config() {
    // An approximation is no other architecture.
    if constexpr (requires { typename Layer::exact_form; }) return make_config<typename Layer::exact_form>();
    layer_config config;
    if constexpr (has_config<Layer>) config = Layer::config();
    else config.is_keras = false;
    config.type = Layer::type;
    if (config.class_name.empty()) config.class_name = Layer::type;
    for (const config_entry& entry : config)
        if (entry.value.kind == config_kind::layer) config.is_keras = config.is_keras && entry.value.layer->is_keras;
    detail::append_options(config, typename Layer::options{});
    return config;
}

}  // namespace strata::inline STRATA_ISA
