// DepthwiseConv1D: a convolution of each channel by itself over the steps of a sequence.
#pragma once

#include <string_view>

#include <strata/core/config.hpp>
#include <strata/core/diagnostic.hpp>
#include <strata/core/shape.hpp>
#include <strata/layers/depthwise_conv2d.hpp>
#include <strata/layers/sequence.hpp>

namespace strata::inline STRATA_ISA {

/// (steps, channels) -> (outputs, channels depth_multiplier), outputs as of Conv1D. Weights: kernel (k, channels,
/// depth_multiplier), bias (channels depth_multiplier). Keras: `DepthwiseConv1D`.
template <int Kernel, class... Options>  // strata: types, not values: DepthwiseConv1D<3, ReLU>
    requires detail::says<"strata: options are types; fix: write DepthwiseConv1D<3, ReLU>">
struct DepthwiseConv1D : sequence_layer<DepthwiseConv1D<Kernel, Options...>,
                                        DepthwiseConv2D<window{1, Kernel}, along_width<Options>...>, Options...> {
    using options = option_list<Options...>;

    static constexpr std::string_view type = "DepthwiseConv1D";
    static constexpr layer_config config() { return {{"kernel_size", config_value::one_size(Kernel)}}; }

    static constexpr diagnostic check(const shape& in) {
        if (const diagnostic own = check_depthwise_options<options>(); !own.ok) return own;
        return check_sequence<options>(in, Kernel, 1);
    }

    // Hooks for optimize: capabilities/fusion_hooks.hpp
    template <class... Others>
    using with_options = DepthwiseConv1D<Kernel, Others...>;
};

}  // namespace strata::inline STRATA_ISA
