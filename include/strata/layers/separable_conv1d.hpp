// SeparableConv1D: a depthwise convolution over the steps of a sequence and the product that mixes its channels.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/separable_conv2d.hpp>
#include <strata/layers/sequence.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, channels) -> (outputs, Filters), outputs as of Conv1D. Weights: depthwise_kernel (k, channels,
/// depth_multiplier), pointwise_kernel (1, channels depth_multiplier, Filters), bias (Filters). Keras:
/// `SeparableConv1D`.
template <int Filters, int Kernel, class... Options>  // strata: types, not values: SeparableConv1D<8, 3, ReLU>
    requires detail::says<"strata: options are types; fix: write SeparableConv1D<8, 3, ReLU>">
struct SeparableConv1D
    : sequence_layer<SeparableConv1D<Filters, Kernel, Options...>,
                     SeparableConv2D<Filters, window{1, Kernel}, along_width<Options>...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "SeparableConv1D";
    static constexpr layer_config config() {
        return {{"filters", Filters}, {"kernel_size", config_value::one_size(Kernel)}};
    }

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_filters(type, Filters); !own.ok) return own;
        if (const diagnostic own = check_depthwise_options<options>(); !own.ok) return own;
        return check_sequence<options>(in, Kernel, 1);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = SeparableConv1D<Filters, Kernel, Others...>;
};

}  // namespace strata::inline STRATA_ISA
